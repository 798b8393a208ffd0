package io.k3j.pki;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/// Writes kubeconfig files in the two forms K3s has: one that names certificate files, for its own components, and one
/// that holds everything, for people. Pure. Texts are put in as they are: URLs, paths and names are ours and have
/// nothing in them that YAML would read otherwise.
public final class KubeConfig {
    private KubeConfig() {
    }

    /// With the paths of files, so that a renewed certificate needs no new file.
    ///
    /// @param server `https://host:port`
    /// @param authority the file with the authority of the server
    /// @param certificate the file with the client's chain
    /// @param key the file with its key
    public static String ofFiles(String server, Path authority, Path certificate, Path key) {
        return """
                apiVersion: v1
                clusters:
                - cluster:
                    server: %s
                    certificate-authority: %s
                  name: local
                contexts:
                - context:
                    cluster: local
                    namespace: default
                    user: user
                  name: Default
                current-context: Default
                kind: Config
                preferences: {}
                users:
                - name: user
                  user:
                    client-certificate: %s
                    client-key: %s
                """.formatted(server, authority, certificate, key);
    }

    /// With the contents of files; a secret then.
    ///
    /// @param server `https://host:port`
    /// @param name of cluster, user and context
    /// @param authority PEM, as the next two
    /// @param certificate the client's chain
    /// @param key its key
    public static String embedded(String server, String name, String authority, String certificate, String key) {
        return """
                apiVersion: v1
                clusters:
                - cluster:
                    certificate-authority-data: %2$s
                    server: %1$s
                  name: %5$s
                contexts:
                - context:
                    cluster: %5$s
                    user: %5$s
                  name: %5$s
                current-context: %5$s
                kind: Config
                preferences: {}
                users:
                - name: %5$s
                  user:
                    client-certificate-data: %3$s
                    client-key-data: %4$s
                """.formatted(server, base64(authority), base64(certificate), base64(key), name);
    }

    /// Without line breaks, as kubeconfig has it.
    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
