package io.k3j.encryptionproviders;

import io.k3j.apimachinery.GoDuration;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the KMS providers of an EncryptionConfiguration must fulfil, in upstream's words, and what they are. One
/// thread; one use.
final class KmsRules {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);
    /// Longer than rows are written without an answer.
    static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);
    private static final String V1 = "v1";
    private final Set<String> names = new HashSet<>();
    private final List<FieldProblem> problems = new ArrayList<>();
    private String at = "";

    /// Those of one provider.
    List<FieldProblem> problems(String path, Struct kms) {
        problems.clear();
        at = path;
        name(kms.text("name"), version(kms));
        timeout(kms.text("timeout"));
        endpoint(kms.text("endpoint"));
        Object cache = kms.get("cachesize");
        if (cache != null && cache != Null.NULL && !version(kms).equals(V1)) {
            invalid("cachesize", cache, "cachesize is not supported in v2");
        }
        apiVersion(version(kms));
        return List.copyOf(problems);
    }

    private void invalid(String field, Object value, String why) {
        problems.add(FieldProblem.invalid(at + "." + field, value, why));
    }

    private static String version(Struct kms) {
        return kms.text("apiVersion").isEmpty() ? V1 : kms.text("apiVersion");
    }

    private void name(String name, String version) {
        if (name.isEmpty()) {
            problems.add(FieldProblem.required(at + ".name", "name is a mandatory field for a provider"));
        }
        if (!version.equals(V1) && name.contains(":")) {
            invalid("name", name, "invalid KMS provider name " + name + ", must not contain ':'");
        }
        if (!names.add(name)) {
            invalid("name", name, "duplicate KMS provider name " + name + ", names must be unique");
        }
    }

    private void timeout(String timeout) {
        try {
            if (!timeout.isEmpty() && !GoDuration.parse(timeout).isPositive()) {
                invalid("timeout", timeout, "timeout should be a positive value");
            }
        } catch (IllegalArgumentException e) {
            invalid("timeout", timeout, String.valueOf(e.getMessage()));
        }
    }

    private void endpoint(String endpoint) {
        if (endpoint.isEmpty()) {
            invalid("endpoint", "", "endpoint is a mandatory field for a kms");
            return;
        }
        try {
            URI uri = URI.create(endpoint);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme();
            if (!scheme.equals("unix")) {
                invalid("endpoint", endpoint,
                        "unsupported scheme \"" + scheme + "\" for KMS provider, only unix is supported");
            } else if (uri.getPath() == null || uri.getPath().isEmpty()) {
                invalid("endpoint", endpoint, "it names no file: write unix:///PATH");
            } else if (uri.getPath().startsWith("/@")) {
                invalid("endpoint", endpoint,
                        "sockets without a file are not supported by K3j: anybody may listen there");
            }
        } catch (IllegalArgumentException e) {
            invalid("endpoint", endpoint, "invalid endpoint for kms provider, error: " + e.getMessage());
        }
    }

    private void apiVersion(String version) {
        if (version.equals(V1)) {
            invalid("apiVersion", version, "KMSv1 is deprecated and will only receive security updates going forward."
                    + " Use KMSv2 instead: K3j has apiVersion v2 only");
        } else if (!version.equals("v2")) {
            invalid("apiVersion", version,
                    "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported");
        }
    }

    /// A provider without problems.
    static KmsConfiguration configuration(Struct kms) {
        Duration timeout = kms.text("timeout").isEmpty() ? DEFAULT_TIMEOUT : GoDuration.parse(kms.text("timeout"));
        return new KmsConfiguration(kms.text("name"), Path.of(URI.create(kms.text("endpoint")).getPath()),
                timeout.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : timeout);
    }
}
