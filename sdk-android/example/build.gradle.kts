// The example app's build. The screen is Compose, the conversation plain Kotlin.

plugins {
    id("com.android.application") version "8.13.0"
    kotlin("android") version "2.4.21"
    kotlin("plugin.compose") version "2.4.21"
}

android {
    namespace = "com.maig.example"
    compileSdk = 36
    defaultConfig {
        applicationId = "com.maig.example"
        minSdk = 24
        targetSdk = 36
        versionCode = 1
        versionName = "1.0"
    }
    buildTypes {
        release {
            isMinifyEnabled = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }
    buildFeatures { compose = true }
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation("com.maig:sdk:0.1.0")
    implementation(platform("androidx.compose:compose-bom:2025.10.01"))
    implementation("androidx.compose.material3:material3")
    implementation("androidx.activity:activity-compose:1.11.0")
    implementation("androidx.lifecycle:lifecycle-runtime-compose:2.9.4")
    implementation("androidx.lifecycle:lifecycle-viewmodel-compose:2.9.4")
}
