// What the SDK fills in by itself.

import Foundation
import Testing

@testable import AIGatewaySDK

@Suite
struct DeviceTests {
    @Test("the installation id is kept")
    func installationIdIsKept() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let id = Installation.kept(in: folder)
        #expect(UUID(uuidString: id) != nil)
        #expect(Installation.kept(in: folder) == id)
        #expect(Installation.folder(["XDG_STATE_HOME": "/x"]).path == "/x/maig")
        // Where nothing can be written there is an id all the same.
        #expect(UUID(uuidString: Installation.kept(in: URL(fileURLWithPath: "/proc/no/such"))) != nil)
    }

    @Test("what the app says goes before what the device knows")
    func theAppGoesFirst() {
        let known = Device.fill(ClientOptions())
        #expect(known.platform == Device.platform && known.installId == Installation.id)
        let said = Device.fill(ClientOptions(baseUrl: "https://a", appVersion: "1", platform: "p", bundleId: "b", installId: "i"))
        #expect([said.baseUrl, said.appVersion, said.platform, said.bundleId, said.installId] == ["https://a", "1", "p", "b", "i"])
    }
}
