package io.k3j.controllerscluster;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.SigningRequest;
import io.k3j.pki.SigningRequest.NameType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What CertificateSigningRequests say, and what those of the built-in signers must say:
/// <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers>. Pure.
final class KubernetesSigners {
    static final String CLIENT = "kubernetes.io/kube-apiserver-client";
    static final String KUBELET_CLIENT = "kubernetes.io/kube-apiserver-client-kubelet";
    static final String KUBELET_SERVING = "kubernetes.io/kubelet-serving";
    static final String LEGACY = "kubernetes.io/legacy-unknown";
    private static final Set<String> OPTIONAL = Set.of("digital signature", "key encipherment");

    private KubernetesSigners() {
    }

    /// Whether a condition holds.
    static boolean is(Obj request, String condition) {
        return request.status().seq("conditions").structs().stream()
                .anyMatch(c -> c.text("type").equals(condition) && !c.text("status").equals("False"));
    }

    /// Whether somebody has signed it.
    static boolean issued(Obj request) {
        return !request.status().text("certificate").isEmpty();
    }

    /// What is to be signed.
    /// @throws IllegalArgumentException when it cannot be read, or is not signed by its own key
    static SigningRequest parsed(Obj request) {
        byte[] pem = Base64.getDecoder().decode(request.spec().text("request"));
        return SigningRequest.parse(new String(pem, StandardCharsets.ISO_8859_1));
    }

    /// What is wrong with a request for its signer, in upstream's words; empty when nothing is.
    static Optional<String> wrong(Obj request, SigningRequest asked) {
        Set<String> usages = new TreeSet<>(request.spec().seq("usages").texts());
        return switch (request.spec().text("signerName")) {
            case CLIENT -> wrongUsage(usages);
            case KUBELET_CLIENT -> wrongKubeletClient(asked, usages);
            case KUBELET_SERVING -> wrongKubeletServing(asked, usages);
            default -> Optional.empty();
        };
    }

    private static Optional<String> wrongUsage(Set<String> usages) {
        for (String usage : usages) {
            if (!OPTIONAL.contains(usage) && !usage.equals("client auth")) {
                return Optional.of("invalid usage for client certificate: " + usage);
            }
        }
        return usages.contains("client auth") ? Optional.empty()
                : Optional.of("missing required usage for client certificate: client auth");
    }

    private static Optional<String> wrongKubeletClient(SigningRequest asked, Set<String> usages) {
        if (!asked.organizations().equals(List.of("system:nodes"))) {
            return Optional.of("subject organization is not system:nodes");
        }
        if (asked.has(NameType.DNS)) {
            return Optional.of("DNS subjectAltNames are not allowed");
        }
        if (asked.has(NameType.EMAIL)) {
            return Optional.of("Email subjectAltNames are not allowed");
        }
        if (asked.has(NameType.IP)) {
            return Optional.of("IP subjectAltNames are not allowed");
        }
        if (asked.has(NameType.URI)) {
            return Optional.of("URI subjectAltNames are not allowed");
        }
        return wrongName(asked).or(() -> wrongUsages(usages, "client auth"));
    }

    private static Optional<String> wrongKubeletServing(SigningRequest asked, Set<String> usages) {
        if (!asked.organizations().equals(List.of("system:nodes"))) {
            return Optional.of("subject organization is not system:nodes");
        }
        if (!asked.has(NameType.DNS) && !asked.has(NameType.IP)) {
            return Optional.of("DNS or IP subjectAltName is required");
        }
        if (asked.has(NameType.EMAIL)) {
            return Optional.of("Email subjectAltNames are not allowed");
        }
        if (asked.has(NameType.URI)) {
            return Optional.of("URI subjectAltNames are not allowed");
        }
        return wrongUsages(usages, "server auth").or(() -> wrongName(asked));
    }

    private static Optional<String> wrongName(SigningRequest asked) {
        return asked.commonName().startsWith("system:node:") ? Optional.empty()
                : Optional.of("subject common name does not begin with system:node:");
    }

    private static Optional<String> wrongUsages(Set<String> usages, String needed) {
        boolean exact = usages.equals(Set.of("digital signature", "key encipherment", needed))
                || usages.equals(Set.of("digital signature", needed));
        Set<String> wanted = new TreeSet<>(Set.of("digital signature", "key encipherment", needed));
        return exact ? Optional.empty() : Optional.of("usages did not match [" + String.join(" ", wanted) + "]");
    }

    /// A request with one more condition, and what else its status is to say.
    static Obj with(Obj request, Struct condition) {
        return request.with(request.status().seq("conditions").plus(condition), "status", "conditions");
    }
}
