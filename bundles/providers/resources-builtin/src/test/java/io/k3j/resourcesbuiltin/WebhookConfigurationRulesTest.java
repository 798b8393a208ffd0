package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookConfigurationRulesTest {
    private static final String VALID = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: x}
            webhooks:
            - name: a.example.com
              clientConfig: {service: {name: s, namespace: ns, path: /a/b}}
              rules: [{operations: [CREATE, DELETE], apiGroups: [""], apiVersions: ["v1"], resources: [pods, pods/*]}]
              sideEffects: None
              admissionReviewVersions: [v1]
            """;
    private final Kit kit = Kit.withCel();

    @Test
    void areDefaultedAsUpstream() {
        Struct w = kit.defaulted(VALID).seq("webhooks").struct(0);
        assertThat(List.of(w.text("failurePolicy"), w.text("matchPolicy"), w.text("reinvocationPolicy"),
                w.seq("rules").struct(0).text("scope"))).containsExactly("Fail", "Equivalent", "Never", "*");
        assertThat(w.whole("timeoutSeconds", 0)).isEqualTo(10);
        assertThat(w.get("namespaceSelector")).isEqualTo(Struct.EMPTY);
        assertThat(w.get("objectSelector")).isEqualTo(Struct.EMPTY);
        assertThat(w.struct("clientConfig").struct("service").whole("port", 0)).isEqualTo(443);
        assertThat(kit.defaulted(VALID.replace("Mutating", "Validating")).seq("webhooks").struct(0)
                .has("reinvocationPolicy")).isFalse();
        assertThat(kit.createProblems(VALID)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "name: a.example.com | name: example.com | name: Invalid value: \"example.com\": should be a domain with at"
                    + " least three segments separated by dots",
            "sideEffects: None | sideEffects: Some | sideEffects: Unsupported value: \"Some\"",
            "sideEffects: None | {sideEffects: None, timeoutSeconds: 31} | timeoutSeconds: Invalid value: 31: the"
                    + " timeout value must be between 1 and 30 seconds",
            "sideEffects: None | {sideEffects: None, failurePolicy: Maybe} | failurePolicy: Unsupported value",
            "sideEffects: None | {sideEffects: None, matchPolicy: Maybe} | matchPolicy: Unsupported value",
            "sideEffects: None | {sideEffects: None, reinvocationPolicy: Twice} | reinvocationPolicy: Unsupported",
            "sideEffects: None | {sideEffects: None, objectSelector: {matchExpressions: [{key: a, operator: Is}]}} |"
                    + " objectSelector.matchExpressions[0].operator: Invalid value",
            "sideEffects: None | {sideEffects: None, matchConditions: [{name: a, expression: '... [] bad expression'}]} |"
                    + " matchConditions[0].expression: Invalid value: \"... [] bad expression\": compilation failed: ERROR:",
            "sideEffects: None | {sideEffects: None, matchConditions: [{name: a, expression: 'params.x == 1'}]} |"
                    + " matchConditions[0].expression: Invalid value: \"params.x == 1\": compilation failed: ERROR:",
            "sideEffects: None | {sideEffects: None, matchConditions: [{name: '', expression: 'true'}]} |"
                    + " matchConditions[0].name: Required value",
            "[v1] sent | [v1, v1] | admissionReviewVersions[1]: Invalid value: \"v1\": duplicate version",
            "[v1] sent | [v1, V] | admissionReviewVersions[1]: Invalid value: \"V\": a DNS-1035 label must consist of",
            "[v1] sent | [v1beta1] | admissionReviewVersions: Invalid value: [\"v1beta1\"]: must include v1",
            "[CREATE, DELETE] | [CREATE, '*'] | rules[0].operations: Invalid value: [\"CREATE\",\"*\"]"
                    + ": if '*' is present",
            "[CREATE, DELETE] | [READ] | rules[0].operations[0]: Unsupported value: \"READ\"",
            "[pods, pods/*] | [pods/*, pods/status] | rules[0].resources[1]: Invalid value: \"pods/status\": if"
                    + " 'pods/*' is present, must not specify pods/status",
            "[pods, pods/*] | ['*', pods] | rules[0].resources: Invalid value",
            "[pods, pods/*] | ['*/*', pods] | rules[0].resources: Invalid value",
            "{service: {name: s, namespace: ns, path: /a/b}} | {url: 'http://x/y'} | clientConfig.url: Invalid value:"
                    + " \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]",
            "{service: {name: s, namespace: ns, path: /a/b}} | {url: 'https:///y'} | clientConfig.url: Invalid value:"
                    + " \"\": host must be specified; desired format: https://host[/path]",
            "name: s, namespace | namespace | clientConfig.service.name: Required value",
            "path: /a/b | path: // | clientConfig.service.path: Invalid value: \"//\": segment[0] may not be empty",
            "{service: {name: s, namespace: ns, path: /a/b}} | {url: 'https://u@x/y'} | clientConfig.url:"
                    + " Forbidden: user"
                    + " information is not permitted in the URL",
            "{service: {name: s, namespace: ns, path: /a/b}} | {url: 'https://x/y?z=1'} | clientConfig.url: Invalid"
                    + " value: \"z=1\": query parameters are not permitted in the URL",
            "path: /a/b | path: a | clientConfig.service.path: Invalid value: \"a\": must start with a '/'",
            "path: /a/b | path: /a//b | clientConfig.service.path: Invalid value: \"/a//b\": segment[1] may not be"
                    + " empty",
            "path: /a/b | path: '/a%0d' | clientConfig.service.path: Invalid value",
            "path: /a/b | port: 70000 | clientConfig.service.port: Invalid value: 70000: port is not valid: must be"
                    + " between 1 and 65535, inclusive"})
    void areRefusedForWhatCannotBe(String what, String instead, String told) {
        String broken = VALID.replace(what.replace(" sent", ""), instead.startsWith("{side")
                ? instead.substring(1, instead.length() - 1).replaceFirst(", ", "\n  ") : instead);
        assertThat(broken).isNotEqualTo(VALID);
        assertThat(kit.createProblems(broken)).anyMatch(p -> p.startsWith("webhooks[0]." + told));
    }

    private List<String> url(String url) {
        return kit.createProblems(VALID.replace("{service: {name: s, namespace: ns, path: /a/b}}",
                "{url: '" + url + "'}"));
    }

    @Test
    void aUrlIsOneToGo() {
        for (String one : List.of("https://my_host/y", "HTTPS://h", "https://h?", "https://h#", "https://h/a b",
                "https://[fe80::1%25eth0]:8443/")) {
            assertThat(url(one)).as(one).isEmpty();
        }
        assertThat(url("https://h:x")).containsExactly("webhooks[0].clientConfig.url: Required value: url must be a"
                + " valid URL: parse \"https://h:x\": invalid port \":x\" after host; desired format:"
                + " https://host[/path]");
    }

    @Test
    void matchConditionsThatCompileAreTaken() {
        assertThat(kit.createProblems(VALID.replace("sideEffects: None", "sideEffects: None\n  matchConditions:"
                + " [{name: a, expression: \"object.metadata.name != 'skip-me' && request.operation == 'CREATE'\"}]")))
                .isEmpty();
    }

    @Test
    void whatIsStoredAlreadyMayStay() {
        String older = VALID.replace("[v1]\n", "[v1beta1]\n").replace("sideEffects: None",
                "sideEffects: Some\n  matchConditions: [{name: a, expression: '...'}]");
        assertThat(kit.updateProblems(older, older)).isEmpty();
        assertThat(kit.updateProblems(VALID, older)).hasSize(3);
    }

    /// What is asked for in vain may stay; the rest of a selector is looked at each time.
    @Test
    void aStoredSelectorMayKeepValuesThatNoLabelHas() {
        String selector = "sideEffects: None\n  objectSelector: {matchExpressions: [{key: a, operator: In, values:"
                + " ['b c']}]}";
        String older = VALID.replace("sideEffects: None", selector);
        assertThat(kit.createProblems(older)).singleElement().asString()
                .startsWith("webhooks[0].objectSelector.matchExpressions[0].values[0]: Invalid value: \"b c\"");
        assertThat(kit.updateProblems(older, older)).isEmpty();
        assertThat(kit.updateProblems(older, older.replace("key: a", "key: '!'"))).singleElement().asString()
                .startsWith("webhooks[0].objectSelector.matchExpressions[0].key: Invalid value: \"!\"");
    }
}
