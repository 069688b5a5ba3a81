// What Android knows of the app: its manifest, its version, its package, and the installation id in its preferences.
// Android starts a content provider before the app's own code, so that no app has to hand its context to the SDK.

package com.maig.sdk

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.content.pm.PackageManager
import android.database.Cursor
import android.net.Uri
import java.util.UUID

/** In a process for which Android starts no content providers, nothing but the platform is known. */
internal fun thisDevice(): Device {
    val app = AIGatewayInit.app ?: return Device(platform = "android")
    val manifest = app.packageManager.getApplicationInfo(app.packageName, PackageManager.GET_META_DATA)
    return Device(
        platform = "android",
        baseUrl = manifest.metaData?.getString("com.maig.sdk.BASE_URL"),
        appVersion = app.packageManager.getPackageInfo(app.packageName, 0).versionName,
        bundleId = app.packageName,
        installationId = installationId(app),
    )
}

/** Made up at the first start, and kept until the app is deleted. */
private fun installationId(app: Context): String {
    val preferences = app.getSharedPreferences("com.maig.sdk", Context.MODE_PRIVATE)
    val known: String? = preferences.getString("installation-id", null)
    return known ?: UUID.randomUUID().toString().also {
        preferences.edit().putString("installation-id", it).commit()
    }
}

/** Gives the SDK the app's context, and provides no content. Public, since Android makes it by its name. */
public class AIGatewayInit : ContentProvider() {
    override fun onCreate(): Boolean {
        app = context?.applicationContext
        return true
    }

    override fun query(
        uri: Uri,
        projection: Array<String>?,
        selection: String?,
        selectionArgs: Array<String>?,
        sortOrder: String?,
    ): Cursor? = null

    override fun getType(uri: Uri): String? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, selection: String?, selectionArgs: Array<String>?): Int = 0

    override fun update(uri: Uri, values: ContentValues?, selection: String?, selectionArgs: Array<String>?): Int = 0

    internal companion object {
        @Volatile
        var app: Context? = null
            private set
    }
}
