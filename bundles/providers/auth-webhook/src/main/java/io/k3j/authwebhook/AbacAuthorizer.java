package io.k3j.authwebhook;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.codec.Document;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Upstream's authorization mode `ABAC`: what a policy of a file allows is allowed. The file has one policy a line and
/// is read once. Immutable; any thread; nothing blocks.
final class AbacAuthorizer implements Authorizer {
    private static final System.Logger LOG = System.getLogger("io.k3j.authwebhook");
    private static final Decision ALLOWED = new Decision(Verdict.ALLOW, "");
    private static final Decision UNKNOWN = new Decision(Verdict.NO_OPINION, "No policy matched.");
    private static final List<String> READS = List.of("get", "list", "watch");
    private static final List<String> ALL = List.of("*");
    private final List<AbacPolicy> policies;

    private AbacAuthorizer(List<AbacPolicy> policies) {
        this.policies = List.copyOf(policies);
    }

    /// Reads the policies.
    /// @throws IllegalArgumentException naming the file, and the line that is wrong
    static AbacAuthorizer of(ConfigurationFile file) {
        List<String> lines;
        try {
            lines = file.text().lines().toList();
        } catch (IOException e) {
            throw new IllegalArgumentException("--kube-apiserver-arg=authorization-policy-file: error reading policy"
                    + " file " + file.path() + ": " + e + "; write it there, with a Policy on each line", e);
        }
        List<AbacPolicy> policies = new ArrayList<>();
        boolean unversioned = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    Struct policy = read(line);
                    policies.add(AbacPolicy.of(policy));
                    unversioned |= AbacPolicy.unversioned(policy);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("--kube-apiserver-arg=authorization-policy-file: error reading"
                            + " policy file " + file.path() + ", line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        if (unversioned) {
            LOG.log(System.Logger.Level.WARNING, "Policy file contained unversioned rules, which allow all that they do"
                    + " not name path={0}", file.path());
        }
        return new AbacAuthorizer(policies);
    }

    private static Struct read(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try {
            Document document = Json.document(bytes, 0, bytes.length);
            if (!document.duplicates().isEmpty()) {
                throw new IllegalArgumentException("duplicate field \"" + String.join("\", \"", document.duplicates())
                        + "\"");
            }
            return document.object();
        } catch (MalformedInput e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public Decision decide(Caller caller, Attributes what) {
        return policies.stream().anyMatch(policy -> policy.allows(caller, what)) ? ALLOWED : UNKNOWN;
    }

    @Override
    public List<Struct> resourceRules(Caller caller, String namespace) {
        return of(caller, policy -> !policy.resource().isEmpty()
                && (policy.namespace().equals("*") || policy.namespace().equals(namespace)))
                .map(policy -> Struct.of("verbs", verbs(policy), "apiGroups", List.of(policy.apiGroup()), "resources",
                        List.of(policy.resource())))
                .toList();
    }

    @Override
    public List<Struct> pathRules(Caller caller) {
        return of(caller, policy -> !policy.path().isEmpty())
                .map(policy -> Struct.of("verbs", verbs(policy), "nonResourceURLs", List.of(policy.path()))).toList();
    }

    private Stream<AbacPolicy> of(Caller caller, Predicate<AbacPolicy> which) {
        return policies.stream().filter(policy -> policy.concerns(caller)).filter(which);
    }

    private static List<String> verbs(AbacPolicy policy) {
        return policy.readonly() ? READS : ALL;
    }
}
