// The example app, for Android Studio. The SDK's AAR is the one that `cargo xtask android` writes: docs/android.md.

pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
        maven(url = "../../target/android")
    }
}

rootProject.name = "chat"
