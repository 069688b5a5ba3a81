// What a plain JVM knows of its app: nothing but an installation id, which it keeps in a file.

package com.maig.sdk

import java.io.File
import java.util.UUID

internal fun thisDevice(): Device =
    Device(platform = "jvm", installationId = installationId(stateFolder(System.getenv())))

/** `$XDG_STATE_HOME/maig`, by default `~/.local/state/maig`. */
internal fun stateFolder(environment: Map<String, String>): File {
    val state = environment["XDG_STATE_HOME"] ?: "${System.getProperty("user.home")}/.local/state"
    return File(state, "maig")
}

/** Made up at the first start, and kept. */
internal fun installationId(folder: File): String {
    val file = File(folder, "installation-id")
    runCatching { UUID.fromString(file.readText().trim()) }.onSuccess { return it.toString() }
    // Where nothing can be written it lasts as long as the process.
    runCatching {
        folder.mkdirs()
        file.writeText(ofThisProcess)
    }
    return ofThisProcess
}

private val ofThisProcess = UUID.randomUUID().toString()
