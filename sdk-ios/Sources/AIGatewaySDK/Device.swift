// What the gateway may know of the app and its device, filled in where the app does not say it. It must never read
// anything that tells one person from another: the installation id is made up, and goes with the app.

import Foundation

enum Device {
    /// Where Info.plist says the gateway's address.
    static let baseURLKey = "MAIGBaseURL"

    static func fill(_ options: ClientOptions) -> ClientOptions {
        var options = options
        let info = Bundle.main.infoDictionary ?? [:]
        options.baseUrl = options.baseUrl ?? info[baseURLKey] as? String
        options.appVersion = options.appVersion ?? info["CFBundleShortVersionString"] as? String
        options.bundleId = options.bundleId ?? Bundle.main.bundleIdentifier
        options.platform = options.platform ?? platform
        options.installId = options.installId ?? Installation.id
        return options
    }

    static var platform: String {
        #if os(iOS)
            "ios"
        #elseif os(macOS)
            "macos"
        #else
            "linux"
        #endif
    }
}

/// An id that is made up at the first start and kept until the app is deleted.
enum Installation {
    /// One for the whole process, also where it cannot be kept.
    static let id = kept()

    #if canImport(Darwin)
        private static func kept() -> String {
            let key = "com.maig.sdk.installation-id"
            if let id = UserDefaults.standard.string(forKey: key) {
                return id
            }
            let id = fresh()
            UserDefaults.standard.set(id, forKey: key)
            return id
        }
    #else
        private static func kept() -> String {
            kept(in: folder(ProcessInfo.processInfo.environment))
        }

        /// `$XDG_STATE_HOME/maig`, by default `~/.local/state/maig`.
        static func folder(_ environment: [String: String]) -> URL {
            let home = FileManager.default.homeDirectoryForCurrentUser
            let state = environment["XDG_STATE_HOME"].map { URL(fileURLWithPath: $0) }
            return (state ?? home.appendingPathComponent(".local/state")).appendingPathComponent("maig")
        }

        static func kept(in folder: URL) -> String {
            let file = folder.appendingPathComponent("installation-id")
            if let id = try? String(contentsOf: file, encoding: .utf8), UUID(uuidString: id) != nil {
                return id
            }
            let id = fresh()
            // Where nothing can be written the id lasts as long as the process.
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try? Data(id.utf8).write(to: file, options: .atomic)
            return id
        }
    #endif

    private static func fresh() -> String {
        UUID().uuidString.lowercased()
    }
}
