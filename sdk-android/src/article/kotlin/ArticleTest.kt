// Runs the article's code, which `cargo xtask test kotlin` writes beside this file as functions. Its base URL comes from the
// environment, as on a server.

import com.maig.sdk.World
import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

private const val QUESTION = "Why is the sky blue?"

class ArticleTest {
    @Test
    fun `the article's Kotlin code runs, and with the primary down the fallback answers it`() = runBlocking {
        // The simulator repeats what it is asked.
        for (answer in listOf(before(QUESTION), after(QUESTION))) {
            assertTrue(QUESTION in answer.text && !answer.fallback, "$answer")
        }
        assertTrue(QUESTION in streaming(QUESTION))
        World.script("""{"gpt-4o": "503"}""")
        try {
            val answer = after(QUESTION)
            assertTrue(QUESTION in answer.text && answer.fallback, "$answer")
            assertEquals("anthropic/claude-3-5-sonnet", answer.servedBy)
            // The primary is down: who else could have said it?
            assertTrue(QUESTION in streaming(QUESTION))
        } finally {
            World.script(null)
        }
    }
}
