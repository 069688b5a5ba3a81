// The example app's screen. The gateway's address is `com.maig.sdk.BASE_URL` in the manifest; the key is the project's,
// which may be in an app: it opens nothing but the gateway's routes.

package app

import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import androidx.lifecycle.ViewModel
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.viewModelScope
import androidx.lifecycle.viewmodel.compose.viewModel
import chat.Chat
import chat.Turn
import com.maig.sdk.AIGatewayClient

class MainActivity : ComponentActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        setContent { MaterialTheme { ChatScreen() } }
    }
}

/** Keeps the conversation while the screen turns, and ends an answer when the user leaves for good. */
class ChatModel : ViewModel() {
    private val client = AIGatewayClient(apiKey = "maig_live_...")
    val chat = Chat(client, viewModelScope)

    override fun onCleared() = client.close()
}

@Composable
fun ChatScreen(model: ChatModel = viewModel()) {
    val state by model.chat.state.collectAsStateWithLifecycle()
    var prompt by rememberSaveable { mutableStateOf("") }
    Column(Modifier.fillMaxSize().safeDrawingPadding().padding(16.dp)) {
        LazyColumn(Modifier.weight(1f)) {
            items(state.turns) { turn -> TurnText(turn) }
        }
        state.offer?.let { offer ->
            Row(verticalAlignment = Alignment.CenterVertically) {
                Text(offer, Modifier.weight(1f))
                TextButton(onClick = model.chat::tryAgain) { Text("Again") }
            }
        }
        Row(verticalAlignment = Alignment.CenterVertically) {
            OutlinedTextField(prompt, { prompt = it }, Modifier.weight(1f), label = { Text("Message") })
            if (state.isAnswering) {
                Button(onClick = model.chat::stop) { Text("Stop") }
            } else {
                Button(
                    onClick = {
                        model.chat.say(prompt)
                        prompt = ""
                    },
                    enabled = prompt.isNotBlank(),
                ) { Text("Send") }
            }
        }
    }
}

@Composable
private fun TurnText(turn: Turn) {
    Text(
        turn.text,
        Modifier.fillMaxWidth().padding(vertical = 6.dp),
        textAlign = if (turn.byUser) TextAlign.End else TextAlign.Start,
    )
}
