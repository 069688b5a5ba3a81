// swift-tools-version: 6.0
// The example app. `swift run ChatApp` on a Mac; for a phone make an app in Xcode and drag both folders of Sources into it.

import PackageDescription

let package = Package(
    name: "ChatExample",
    platforms: [.iOS(.v17), .macOS(.v14)],
    dependencies: [.package(path: "..")],
    targets: [
        .target(name: "Chat", dependencies: [.product(name: "AIGatewaySDK", package: "sdk-ios")]),
        .executableTarget(name: "ChatApp", dependencies: ["Chat"]),
    ],
    swiftLanguageModes: [.v6]
)
