package io.k3j.servercredentials;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/// A certificate and its key as a Secret of type `kubernetes.io/tls`, with one annotation per name, the
/// form of `dynamic-cert.json` and of the Secret `kube-system/k3s-serving`.
///
/// Pure. It is rancher/dynamiclistener's form, so K3s and this server can read each other's file.
///
/// @param certificate the chain in PEM
/// @param key in PEM
record DynamicSecret(String certificate, String key) {
    private static final String NAME_PREFIX = "listener.cattle.io/cn-";

    /// Reads the JSON.
    /// @param json a Secret; fields other than the two are not looked at
    /// @return with empty texts for fields that are missing
    /// @throws IllegalArgumentException when it is none
    static DynamicSecret parse(String json) {
        try {
            Struct data = Json.object(json.getBytes(StandardCharsets.UTF_8)).struct("data");
            return new DynamicSecret(decoded(data.text("tls.crt")), decoded(data.text("tls.key")));
        } catch (MalformedInput damaged) {
            throw new IllegalArgumentException("not a Secret", damaged);
        }
    }

    /// @throws IllegalArgumentException when it is no Base64
    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /// Writes the JSON.
    /// @param names of the certificate; each gets an annotation, which is how dynamiclistener knows them
    String json(Set<String> names) {
        Struct.Builder annotations = Struct.builder();
        for (String name : names) {
            // a colon may not stand in an annotation's key
            annotations.put(NAME_PREFIX + name.replace(':', '_'), name);
        }
        Struct secret = Struct.of("kind", "Secret", "apiVersion", "v1", "metadata",
                Struct.of("name", "k3s-serving", "namespace", "kube-system", "annotations", annotations.build()),
                "data",
                Struct.of("tls.crt", encoded(certificate), "tls.key", encoded(key)), "type", "kubernetes.io/tls");
        return Json.text(secret);
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
