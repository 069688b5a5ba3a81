// What the SDK fills in by itself.

package com.maig.sdk

import java.io.File
import java.nio.file.Files
import java.util.UUID
import kotlin.test.Test
import kotlin.test.assertEquals

class ThisDeviceTest {
    @Test
    fun `the installation id is kept`() {
        val folder = Files.createTempDirectory("maig").resolve("new").toFile()
        val id = installationId(folder)
        assertEquals(id, UUID.fromString(id).toString())
        assertEquals(id, installationId(folder))
        assertEquals(id, File(folder, "installation-id").readText())
        assertEquals(File("/x/maig"), stateFolder(mapOf("XDG_STATE_HOME" to "/x")))
        folder.parentFile.deleteRecursively()
        // Where nothing can be written there is an id all the same.
        UUID.fromString(installationId(File("/proc/no/such")))
    }

    @Test
    fun `what the app says goes before what the device knows`() {
        val device = Device("jvm", "https://device", "1", "bundle", "install")
        val known = device.fill(ClientOptions())
        assertEquals(listOf("https://device", "1", "jvm", "bundle", "install"), known.said())
        val said = ClientOptions("https://app", "2", "other", "b", "i")
        assertEquals(said.said(), device.fill(said).said())
    }

    private fun ClientOptions.said() = listOf(baseUrl, appVersion, platform, bundleId, installId)
}
