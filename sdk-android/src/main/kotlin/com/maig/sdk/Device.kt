// What the gateway may know of the app and its device, filled in where the app does not say it. It must never hold
// anything that tells one person from another: the installation id is made up, and goes with the app.

package com.maig.sdk

/** What is known without being told; each platform has its own. */
internal class Device(
    val platform: String,
    val baseUrl: String? = null,
    val appVersion: String? = null,
    val bundleId: String? = null,
    val installationId: String? = null,
) {
    fun fill(options: ClientOptions): ClientOptions = options.copy(
        baseUrl = options.baseUrl ?: baseUrl,
        appVersion = options.appVersion ?: appVersion,
        bundleId = options.bundleId ?: bundleId,
        platform = options.platform ?: platform,
        installId = options.installId ?: installationId,
    )
}
