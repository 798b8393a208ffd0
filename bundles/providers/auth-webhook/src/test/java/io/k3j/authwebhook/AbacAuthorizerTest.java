package io.k3j.authwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbacAuthorizerTest {
    private static final String VERSIONED = "{'apiVersion':'abac.authorization.kubernetes.io/v1beta1','kind':'Policy',"
            + "'spec':{%s}}";
    private static final Caller JANE = Caller.of("jane", List.of("devs", "system:authenticated"));
    private static final Caller JOE = Caller.of("joe", List.of("system:authenticated"));
    @TempDir
    private Path directory;

    private AbacAuthorizer of(String... lines) throws IOException {
        Path file = directory.resolve("policies.jsonl");
        Files.writeString(file, String.join("\n", lines).replace('\'', '"'));
        return AbacAuthorizer.of(new ConfigurationFile(file));
    }

    private static Attributes pods(String verb, String namespace) {
        return new Attributes(verb, "", "v1", "pods", "", namespace, "", "");
    }

    private static boolean may(AbacAuthorizer by, Caller caller, Attributes what) {
        return by.decide(caller, what).verdict() == Verdict.ALLOW;
    }

    @Test
    void aPolicyAllowsWhatItNames() throws IOException {
        AbacAuthorizer some = of("# who reads pods", "",
                VERSIONED.formatted("'user':'jane','namespace':'a','resource':'pods','apiGroup':'','readonly':true"));
        assertThat(may(some, JANE, pods("list", "a"))).isTrue();
        assertThat(may(some, JANE, pods("delete", "a"))).as("readonly").isFalse();
        assertThat(may(some, JANE, pods("list", "b"))).isFalse();
        assertThat(may(some, JOE, pods("list", "a"))).isFalse();
        assertThat(may(some, JANE, new Attributes("get", "apps", "v1", "pods", "", "a", "", ""))).isFalse();
        assertThat(some.decide(JOE, pods("list", "a"))).isEqualTo(
                new Decision(Verdict.NO_OPINION, "No policy matched."));
        assertThat(some.resourceRules(JANE, "a")).containsExactly(Struct.of("verbs", List.of("get", "list", "watch"),
                "apiGroups", List.of(""), "resources", List.of("pods")));
        assertThat(some.resourceRules(JANE, "b")).isEmpty();
    }

    /// The star of users and groups is everybody who has shown who he is.
    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"'user':'*', true, true, false", "'group':'*', true, true, false",
            "'group':'devs', true, false, false", "'user':'joe', false, true, false",
            "'readonly':false, false, false, false"})
    void subjectsAreUsersAndGroups(String subject, boolean jane, boolean joe, boolean nobody) throws IOException {
        AbacAuthorizer some = of(
                VERSIONED.formatted(subject + ",'namespace':'*','resource':'*','apiGroup':'*'"));
        assertThat(may(some, JANE, pods("delete", "a"))).isEqualTo(jane);
        assertThat(may(some, JOE, pods("delete", ""))).isEqualTo(joe);
        assertThat(may(some, Caller.ANONYMOUS, pods("get", "a"))).isEqualTo(nobody);
        assertThat(may(some, JANE, Attributes.path("get", "/metrics"))).as("a path is none").isFalse();
    }

    @ParameterizedTest
    @CsvSource({"*, /metrics, true", "/logs/*, /logs/a/b, true", "/logs/*, /log, false", "/version, /version, true",
            "/version, /version/x, false"})
    void pathsAreMatchedToTheirEnd(String given, String asked, boolean allowed) throws IOException {
        AbacAuthorizer some = of(VERSIONED.formatted("'user':'jane','nonResourcePath':'" + given + "'"));
        assertThat(may(some, JANE, Attributes.path("get", asked))).isEqualTo(allowed);
        assertThat(may(some, JANE, pods("get", "a"))).isFalse();
        assertThat(some.pathRules(JANE)).containsExactly(Struct.of("verbs", List.of("*"), "nonResourceURLs",
                List.of(given)));
    }

    @Test
    void whatAnUnversionedLineLeavesOutIsAny() throws IOException {
        AbacAuthorizer all = of("{'user':'jane'}");
        assertThat(may(all, JANE, new Attributes("delete", "apps", "v1", "deployments", "", "x", "", ""))).isTrue();
        assertThat(may(all, JANE, Attributes.path("get", "/metrics"))).isTrue();
        assertThat(may(all, JOE, pods("get", "a"))).isFalse();
        AbacAuthorizer one = of("{'resource':'pods','readonly':true}");
        assertThat(may(one, JOE, pods("get", "a"))).isTrue();
        assertThat(may(one, JOE, Attributes.path("get", "/metrics"))).isFalse();
        assertThat(may(one, Caller.ANONYMOUS, pods("get", "a"))).isFalse();
    }

    /// Each would allow more than was meant if it were passed over.
    @Test
    void aLineThatIsNotUnderstoodEndsTheStart() {
        String version = "'apiVersion':'abac.authorization.kubernetes.io/v1beta1'";
        Map<String, String> wrong = Map.of("{'spec':{'user':'jane'}}", "unknown field \"spec\"",
                "{" + version + ",'kind':'Policy','spec':{'readOnly':true}}", "unknown field \"spec.readOnly\"",
                "{'user':'jane','user':'*'}", "duplicate field \"user\"", "{'readonly':'true'}", "readonly",
                "{'user':", "unexpected end of JSON input", "{'apiVersion':'v1','kind':'Policy'}",
                "no kind \"Policy\" is registered for version \"v1\"", "{" + version + "}",
                "no kind \"\" is registered");
        wrong.forEach((line, words) -> assertThatIllegalArgumentException()
                .isThrownBy(() -> of("{'user':'jane'}", line))
                .withMessageContaining("policies.jsonl, line 2: ").withMessageContaining(words));
    }

    @Test
    void aFileThatIsNotThereEndsTheStart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AbacAuthorizer.of(new ConfigurationFile(directory.resolve("none"))))
                .withMessageContaining("authorization-policy-file").withMessageContaining("none");
    }
}
