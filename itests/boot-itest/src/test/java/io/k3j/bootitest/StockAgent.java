package io.k3j.bootitest;

import io.k3j.bootitest.GoClient.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;

/// The calls of a stock K3s agent, its files in a directory, with its headers and media types.
///
/// @param directory its `agent/`
/// @param port the server's
/// @param name the node's
/// @param password of the token
record StockAgent(Path directory, int port, String name, String password) {
    private static final byte[] NOTHING = {};
    private static final String V1 = "/v1-k3s/";
    private static final String NODE_PASSWORD = "0123456789abcdef0123456789abcdef";

    /// A copy of the cluster's authority, as `/cacerts` showed it.
    Path authority() {
        return directory.resolve("server-ca.crt");
    }

    GoClient client(SSLContext tls) {
        return new GoClient(port, tls);
    }

    /// Shows nothing.
    GoClient unknown() throws GeneralSecurityException, IOException {
        return client(WireTls.trusting(Files.readString(authority())));
    }

    /// Shows one of its certificates.
    GoClient as(String leaf) throws GeneralSecurityException, IOException, InterruptedException {
        return client(WireTls.showing(directory, leaf, Files.readString(authority())));
    }

    /// The header of the token's password.
    Map<String, String> basic() {
        return Map.of("Authorization", "Basic " + Base64.getEncoder()
                .encodeToString(("node:" + password).getBytes(StandardCharsets.UTF_8)));
    }

    /// A GET by the token.
    Answer get(String path) throws GeneralSecurityException, IOException {
        return unknown().send("GET", V1 + path, basic(), NOTHING);
    }

    /// What K3s' agents say of their node, as Go spells it on the wire.
    Map<String, String> node() {
        Map<String, String> headers = new HashMap<>(basic());
        headers.put("K3s-Node-Name", name);
        headers.put("K3s-Node-Password", NODE_PASSWORD);
        headers.put("K3s-Node-Ip", "127.0.0.1");
        return headers;
    }

    /// Has `LEAF.crt` signed for a new key and keeps both.
    Answer signed(String leaf, Map<String, String> headers)
            throws GeneralSecurityException, IOException, InterruptedException {
        byte[] request = WireTls.request(directory, leaf);
        Answer answer = unknown().send("POST", V1 + leaf + ".crt", headers, request);
        if (answer.status() == 200) {
            Files.write(directory.resolve(leaf + ".crt"), answer.body());
        }
        return answer;
    }
}
