package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// A ServiceAccount in `default` that may do what its rules say, everywhere, and no more.
///
/// @param name also that of its role and binding
/// @param rules each `verb[,verb…] resource[/subresource][.group]`
record Account(String name, List<String> rules) {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String OBJECTS = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: %1$s, namespace: default}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: %1$s}
            rules: [%2$s]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %1$s}
            subjects: [{kind: ServiceAccount, name: %1$s, namespace: default}]
            ---
            """;

    static Account of(String name, String... rules) {
        return new Account(name, List.of(rules));
    }

    private record Rule(String verbs, String resource, String group) {
        static Rule of(String text) {
            String[] words = text.split(" ", 2);
            String[] what = words[1].split("\\.", 2);
            return new Rule(words[0], what[0], what.length > 1 ? what[1] : "");
        }

        String yaml() {
            return "{apiGroups: [\"" + group + "\"], resources: [" + resource + "], verbs: [" + verbs + "]}";
        }

        /// A question whether the asker may do the first of it.
        String review() {
            String[] path = resource.split("/", 2);
            return """
                    {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {\
                    "resourceAttributes": {"verb": "%s", "group": "%s", "resource": "%s", "subresource": "%s"}}}"""
                    .formatted(verbs.split(",", 2)[0], group, path[0], path.length > 1 ? path[1] : "");
        }
    }

    /// What its admin applies to make it.
    String yaml() {
        return OBJECTS.formatted(name, rules.stream().map(r -> Rule.of(r).yaml()).collect(Collectors.joining(", ")));
    }

    /// Somebody with a fresh token of it, once the victim knows its rules.
    Attacker attacks(Victim victim) throws IOException, InterruptedException {
        Attacker attacker = new Attacker(victim.outside(), token(victim));
        for (String rule : rules) {
            Waiting.until("right to " + rule, LIMIT, () -> attacker.post(
                    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", Rule.of(rule).review()).body()
                    .contains("\"allowed\":true"), () -> "");
        }
        return attacker;
    }

    private String token(Victim victim) throws IOException, InterruptedException {
        HttpResponse<String> made = victim.admin().send("POST", "/api/v1/namespaces/default/serviceaccounts/" + name
                + "/token", "application/json", "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return made.body().replaceAll("(?s).*\"token\":\\s*\"([^\"]+)\".*", "$1");
    }
}
