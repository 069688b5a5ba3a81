// swift-tools-version: 6.0
// The Swift package of the SDK. On Apple's systems the Rust library comes as an XCFramework that `cargo xtask ios` makes;
// on Linux it is the shared library that `cargo build --profile mobile -p maig-ffi` makes, linked where it lies.

import PackageDescription

#if os(Linux)
    let library = Context.environment["MAIG_LIBRARY_DIR"] ?? "\(Context.packageDirectory)/../target/mobile"
    let ffi: Target = .systemLibrary(name: "AIGatewaySDKFFI")
    let linking: [LinkerSetting] = [.unsafeFlags(["-L\(library)", "-Xlinker", "-rpath", "-Xlinker", library])]
#else
    let ffi: Target = .binaryTarget(name: "AIGatewaySDKFFI", path: "AIGatewaySDKFFI.xcframework")
    let linking: [LinkerSetting] = []
#endif

let package = Package(
    name: "AIGatewaySDK",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "AIGatewaySDK", targets: ["AIGatewaySDK"])],
    targets: [
        ffi,
        .target(name: "AIGatewaySDK", dependencies: ["AIGatewaySDKFFI"], linkerSettings: linking),
        .testTarget(name: "AIGatewaySDKTests", dependencies: ["AIGatewaySDK"]),
    ],
    swiftLanguageModes: [.v6]
)
