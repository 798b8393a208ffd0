package io.k3j.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Audit.Level;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which rule is about which request, and what a policy may say.
class AuditPolicyTest {
    /// The rules of upstream's page on auditing.
    private static final String DOCUMENTED = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
              - level: RequestResponse
                resources: [{group: "", resources: [pods]}]
              - level: Metadata
                resources: [{group: "", resources: [pods/log, pods/status]}]
              - level: None
                resources: [{group: "", resources: [configmaps], resourceNames: [controller-leader]}]
              - level: None
                users: ["system:kube-proxy"]
                verbs: [watch]
                resources: [{group: "", resources: [endpoints, services]}]
              - level: None
                userGroups: ["system:authenticated"]
                nonResourceURLs: ["/api*", /version]
              - level: Request
                resources: [{group: "", resources: [configmaps]}]
                namespaces: [kube-system]
              - level: Metadata
                resources: [{group: "", resources: [secrets, configmaps]}]
              - level: Request
                resources: [{group: ""}, {group: extensions}]
              - level: Metadata
                omitStages: [Panic]
            """;

    private static AuditPolicy policy(String yaml) {
        return AuditPolicy.parse(yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static Attributes of(String verb, String group, String resource, String namespace, String name) {
        int slash = resource.indexOf('/');
        return new Attributes(verb, group, "v1", slash < 0 ? resource : resource.substring(0, slash),
                slash < 0 ? "" : resource.substring(slash + 1), namespace, name, "");
    }

    @ParameterizedTest
    @CsvSource({"create,'',pods,default,a,REQUEST_RESPONSE", "get,'',pods/log,default,a,METADATA",
            "get,'',pods/exec,default,a,REQUEST", "update,'',configmaps,kube-system,controller-leader,NONE",
            "update,'',configmaps,kube-system,other,REQUEST", "update,'',configmaps,default,other,METADATA",
            "watch,'',services,'','',NONE", "list,'',services,'','',REQUEST", "get,apps,deployments,default,a,METADATA",
            "get,extensions,anything,default,a,REQUEST"})
    void theFirstRuleThatIsAboutARequestCounts(String verb, String group, String resource, String namespace,
            String name, Level level) {
        Caller caller = Caller.of("system:kube-proxy", List.of());
        assertThat(policy(DOCUMENTED).rule(caller, of(verb, group, resource, namespace, name)).level())
                .isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"/api,NONE", "/apis/apps,NONE", "/version,NONE", "/version/x,METADATA", "/healthz,METADATA"})
    void pathsAreMatchedExactlyOrByTheirBeginning(String path, Level level) {
        Caller caller = Caller.of("jane", List.of("system:authenticated"));
        assertThat(policy(DOCUMENTED).rule(caller, Attributes.path("get", path)).level()).isEqualTo(level);
    }

    @Test
    void stagesOfThePolicyAndTheRuleAreOmittedTogether() {
        assertThat(policy(DOCUMENTED).rule(null, Attributes.path("get", "/healthz")).omittedStages())
                .containsExactlyInAnyOrder("RequestReceived", "Panic");
    }

    @Test
    void rulesForUsersAreNotAboutNobody() {
        AuditPolicy users = policy(rule("level: Request\n    users: [jane]"));
        assertThat(level(users, null)).isEqualTo(Level.NONE);
        assertThat(level(users, Caller.of("jane", List.of()))).isEqualTo(Level.REQUEST);
        assertThat(level(policy(rule("level: Request\n    userGroups: [a]")), null)).isEqualTo(Level.NONE);
    }

    private static Level level(AuditPolicy policy, @Nullable Caller caller) {
        return policy.rule(caller, of("get", "", "pods", "default", "a")).level();
    }

    @ParameterizedTest
    @CsvSource({"'*',pods,true", "'*',pods/log,true", "pods,pods/log,false", "pods/*,pods/log,true",
            "pods/*,pods,true", "'*/log',pods/log,true", "'*/log',pods,false", "'*/scale',pods/log,false"})
    void starsStandForResourcesAndSubresources(String wanted, String resource, boolean matches) {
        AuditPolicy policy = policy(
                rule("level: Request\n    resources: [{group: '', resources: ['" + wanted + "']}]"));
        assertThat(policy.rule(null, of("get", "", resource, "default", "a")).level())
                .isEqualTo(matches ? Level.REQUEST : Level.NONE);
    }

    @Test
    void managedFieldsAreOmittedAsTheRuleSaysElseThePolicy() {
        AuditPolicy policy = policy("""
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitManagedFields: true
                rules:
                  - level: Request
                    users: [keeps]
                    omitManagedFields: false
                  - level: Request
                """);
        assertThat(policy.rule(Caller.of("keeps", List.of()), Attributes.path("get", "/")).omitManagedFields())
                .isFalse();
        assertThat(policy.rule(null, Attributes.path("get", "/")).omitManagedFields()).isTrue();
    }

    private static String rule(String rule) {
        return "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - " + rule + "\n";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"users: [a]|rules[0].level: Required value",
            "level: All|rules[0].level: Unsupported value: \"All\": supported values: \"None\", \"Metadata\", "
                    + "\"Request\", \"RequestResponse\"",
            "level: None\\n    nonResourceURLs: [x]|rules[0].nonResourceURLs[0]: Invalid value: \"x\": non-resource URL "
                    + "rules must begin with a '/' character",
            "level: None\\n    nonResourceURLs: ['/a*b']|rules[0].nonResourceURLs[0]: Invalid value: \"/a*b\": "
                    + "non-resource URL wildcards '*' must be the final character of the rule",
            "level: None\\n    omitStages: [Never]|rules[0].omitStages[0]: Invalid value: \"Never\": allowed stages are "
                    + "RequestReceived,ResponseStarted,ResponseComplete,Panic",
            "level: None\\n    resources: [{group: '', resourceNames: [a]}]|rules[0].resources.resourceNames: Invalid "
                    + "value: [\"a\"]: using resourceNames requires at least one resource",
            "level: None\\n    namespaces: [a]\\n    nonResourceURLs: [/a]|rules[0].nonResourceURLs: Invalid value: "
                    + "[\"/a\"]: rules cannot apply to both regular resources and non-resource URLs"})
    void whatIsWrongIsToldInUpstreamsWords(String rule, String message) {
        assertThatThrownBy(() -> policy(rule(rule.replace("\\n", "\n")))).hasMessage(message);
    }

    @Test
    void aGroupWithAVersionIsNone() {
        assertThatThrownBy(() -> policy(rule("level: None\n    resources: [{group: apps/v1}]")))
                .hasMessageStartingWith("rules[0].resources.group: Invalid value: \"apps/v1\": a lowercase RFC 1123");
    }

    @ParameterizedTest
    @CsvSource({"pods,'',true", "deployments,apps,true"})
    void aStarStandsForAllGroups(String resource, String group, boolean matches) {
        AuditPolicy policy = policy(rule("level: Request\n    resources: [{group: '*'}]"));
        assertThat(policy.rule(null, of("get", group, resource, "default", "a")).level() == Level.REQUEST)
                .isEqualTo(matches);
        assertThat(policy.rule(null, Attributes.path("get", "/")).level()).isEqualTo(Level.NONE);
    }

    /// Each of them would be about everything, or without effect, if what is of another type were nothing.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "users: system:kube-proxy|users: Invalid value: \"system:kube-proxy\": must be a list of strings",
            "users: [1000]|users: Invalid value: [1000]: must be a list of strings",
            "users: [null]|users: Invalid value: [null]: must be a list of strings",
            "verbs: [{}]|verbs: Invalid value: [{}]: must be a list of strings",
            "resources: [pods]|resources: Invalid value: [\"pods\"]: must be a list of objects",
            "resources: [{group: '', resources: secrets}]|resources[0].resources: Invalid value: \"secrets\": must be a "
                    + "list of strings",
            "resources: [{group: 1}]|resources[0].group: Invalid value: 1: must be a string",
            "omitStages: RequestReceived|omitStages: Invalid value: \"RequestReceived\": must be a list of strings",
            "omitManagedFields: 'yes'|omitManagedFields: Invalid value: \"yes\": must be true or false"})
    void whatIsOfAnotherTypeIsRefused(String field, String message) {
        assertThatThrownBy(() -> policy(rule("level: None\n    " + field)))
                .hasMessage("failed decoding: rules[0]." + message);
    }

    @Test
    void rulesThatAreNoneAreRefusedAndNothingIsNoType() {
        assertThatThrownBy(() -> policy("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [foo, {level: Metadata}]"))
                .hasMessageStartingWith("failed decoding: rules: Invalid value: ");
        assertThat(policy(rule("level: Request\n    users: null")).rule(null, Attributes.path("get", "/")).level())
                .isEqualTo(Level.REQUEST);
    }

    @Test
    void stagesOfThePolicyAreCheckedAsWell() {
        assertThatThrownBy(() -> policy("omitStages: [RequestRecieved]\n" + rule("level: None")))
                .hasMessage("omitStages[0]: Invalid value: \"RequestRecieved\": allowed stages are "
                        + "RequestReceived,ResponseStarted,ResponseComplete,Panic");
    }

    @Test
    void severalProblemsAreToldTogether() {
        assertThatThrownBy(() -> policy(rule("users: [a]\n  - level: All")))
                .hasMessageStartingWith("[rules[0].level: Required value, rules[1].level: Unsupported");
    }

    @Test
    void whatIsNoPolicyIsRefused() {
        assertThatThrownBy(() -> policy("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []"))
                .hasMessage("loaded illegal policy with 0 rules");
        assertThatThrownBy(() -> policy("apiVersion: audit.k8s.io/v1beta1\nkind: Policy"))
                .hasMessageStartingWith("failed decoding: no kind \"Policy\" is registered for version");
        assertThatThrownBy(() -> policy("rules: []")).hasMessage("failed decoding: Object 'Kind' is missing");
        assertThatThrownBy(() -> policy("[")).hasMessageStartingWith("failed decoding: ");
    }

    @Test
    void unknownFieldsAreTold() {
        assertThat(policy(rule("level: None\n    user: [a]")).ignored()).containsExactly("rules[0].user");
        assertThat(policy(rule("level: None\n    resources: [{group: '', resourcenames: [a]}]")).ignored())
                .containsExactly("rules[0].resources[0].resourcenames");
    }

    @Test
    void namesThatAreThereTwiceAreToldAndTheLastCounts() {
        AuditPolicy policy = policy(rule("level: None\n    level: Request"));
        assertThat(policy.ignored()).singleElement().asString().contains("level");
        assertThat(policy.rule(null, Attributes.path("get", "/")).level()).isEqualTo(Level.REQUEST);
    }
}
