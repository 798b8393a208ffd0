package io.k3j.authoidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a configuration may be, in upstream's words.
class ConfigurationRulesTest {
    private static final Cel CEL = new CelService();
    private static final String EMAIL = "claims.email_verified must be used in claimMappings.username.expression or"
            + " claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used"
            + " in claimMappings.username.expression";

    private static String file(String jwt) {
        return "{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfiguration, jwt: [" + jwt + "]}";
    }

    private static String jwt(String issuer, String more) {
        return "{issuer: {" + issuer + "}, " + more + "}";
    }

    private static String good(String more) {
        return jwt("url: 'https://issuer', audiences: [me]", "claimMappings: {" + more + "}");
    }

    private static AuthenticationConfiguration parsed(String yaml) {
        return AuthenticationConfiguration.parse(yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> problems(String yaml) {
        return ConfigurationRules.problems(parsed(yaml), Set.of("https://own"), new ClaimExpressions(CEL)).stream()
                .map(FieldProblem::toString).toList();
    }

    private static List<String> ofIssuer(String issuer) {
        return problems(file(jwt(issuer, "claimMappings: {username: {claim: sub, prefix: ''}}")));
    }

    private static List<String> ofMappings(String mappings) {
        return problems(file(good(mappings)));
    }

    private static List<String> ofRules(String rules) {
        return problems(file(jwt("url: 'https://issuer', audiences: [me]",
                "claimMappings: {username: {claim: sub, prefix: ''}}, " + rules)));
    }

    @Test
    void aSmallOneIsRightInEveryVersion() {
        String small = file(good("username: {claim: sub, prefix: 'oidc:'}"));
        assertThat(problems(small)).isEmpty();
        assertThat(problems(small.replace("k8s.io/v1", "k8s.io/v1beta1"))).isEmpty();
        assertThat(problems(small.replace("k8s.io/v1", "k8s.io/v1alpha1"))).isEmpty();
        assertThat(problems(file(""))).isEmpty();
    }

    @Test
    void whatMeansNothingIsRefused() {
        String small = file(good("username: {claim: sub, prefix: ''}"));
        assertThatThrownBy(() -> parsed("")).hasMessage("empty config data");
        assertThatThrownBy(() -> parsed("jwt: []")).hasMessageContaining("Object 'Kind' is missing");
        assertThatThrownBy(() -> parsed(small.replace("k8s.io/v1", "k8s.io/v2"))).hasMessageContaining(
                "no kind \"AuthenticationConfiguration\" is registered for version \"apiserver.config.k8s.io/v2\"");
        assertThatThrownBy(() -> parsed(small.replace("audiences", "audience"))).hasMessage(
                "strict decoding error: unknown field \"jwt[0].issuer.audience\"");
        assertThatThrownBy(() -> parsed(small.replace("[me]", "me"))).hasMessage(
                "jwt[0].issuer.audiences: Invalid value: \"me\": must be a list of strings");
        assertThatThrownBy(() -> parsed(small.replace("prefix: ''", "prefix: 5"))).hasMessage(
                "jwt[0].claimMappings.username.prefix: Invalid value: 5: must be a string");
        assertThatThrownBy(() -> parsed(small.replace("kind:", "jwt: [], kind:")))
                .hasMessageContaining("strict decoding error: ").hasMessageContaining("\"jwt\" already set");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"http://issuer|URL scheme must be https",
            "issuer|URL scheme must be https", "https://me:secret@issuer|URL must not contain a username or password",
            "https://issuer?a=b|URL must not contain a query", "https://issuer#a|URL must not contain a fragment",
            "https:///path|URL must name a host",
            "https://own|URL must not overlap with disallowed issuers: [https://own]"})
    void aUrlIsOfAServerAndNothingElse(String url, String why) {
        assertThat(ofIssuer("url: '" + url + "', audiences: [me]"))
                .containsExactly("jwt[0].issuer.url: Invalid value: \"" + url + "\": " + why);
    }

    @Test
    void issuersAreNamedOnce() {
        String one = good("username: {claim: sub, prefix: ''}");
        assertThat(problems(file(one + ", " + one)))
                .containsExactly("jwt[1].issuer.url: Duplicate value: \"https://issuer\"");
        assertThat(ofIssuer("audiences: [me]")).containsExactly("jwt[0].issuer.url: Required value");
        assertThat(ofIssuer("url: 'https://issuer/', discoveryURL: 'https://issuer', audiences: [me]"))
                .containsExactly("jwt[0].issuer.discoveryURL: Invalid value: \"https://issuer\": discoveryURL must be"
                        + " different from URL");
        String many = IntStream.range(0, 65).mapToObj(i -> one.replace("https://issuer", "https://issuer-" + i))
                .collect(Collectors.joining(", "));
        assertThat(problems(file(many))).containsExactly("jwt: Too many: 65: must have at most 64 items");
    }

    @Test
    void audiencesAreNamedOnceAndSeveralByAPolicy() {
        assertThat(ofIssuer("url: 'https://issuer'")).containsExactly("jwt[0].issuer.audiences: Required value: at"
                + " least one jwt[0].issuer.audiences is required");
        assertThat(ofIssuer("url: 'https://issuer', audiences: [a, '', a], audienceMatchPolicy: MatchAny"))
                .containsExactly("jwt[0].issuer.audiences[1]: Required value",
                        "jwt[0].issuer.audiences[2]: Duplicate value: \"a\"");
        assertThat(ofIssuer("url: 'https://issuer', audiences: [a, b]")).containsExactly(
                "jwt[0].issuer.audienceMatchPolicy: Invalid value: \"\": audienceMatchPolicy must be MatchAny for"
                        + " multiple audiences");
        assertThat(ofIssuer("url: 'https://issuer', audiences: [a], audienceMatchPolicy: MatchAll")).containsExactly(
                "jwt[0].issuer.audienceMatchPolicy: Invalid value: \"MatchAll\": audienceMatchPolicy must be empty or"
                        + " MatchAny for single audience");
    }

    @Test
    void authoritiesAndEgressAreChecked() {
        assertThat(ofIssuer("url: 'https://issuer', audiences: [a], certificateAuthority: 'not pem'"))
                .containsExactly("jwt[0].issuer.certificateAuthority: Invalid value: \"<omitted>\": data does not"
                        + " contain any valid RSA or ECDSA certificates");
        assertThat(ofIssuer("url: 'https://issuer', audiences: [a], egressSelectorType: panda")).containsExactly(
                "jwt[0].issuer.egressSelectorType: Invalid value: \"panda\": egress selector must be either"
                        + " controlplane or cluster");
    }

    @Test
    void mappingsAreOfAClaimWithAPrefixOrOfAnExpression() {
        String at = "jwt[0].claimMappings.username";
        assertThat(ofMappings("")).containsExactly(at + ": Required value: claim or expression is required");
        assertThat(ofMappings("username: {claim: sub}")).containsExactly(at + ".prefix: Required value: prefix is"
                + " required when claim is set. It can be set to an empty string to disable prefixing");
        assertThat(ofMappings("username: {claim: sub, expression: claims.sub}"))
                .containsExactly(at + ": Invalid value: \"\": claim and expression can't both be set");
        assertThat(ofMappings("username: {expression: claims.sub, prefix: a}"))
                .containsExactly(at + ".prefix: Invalid value: \"a\": may not be specified when expression is set");
        assertThat(ofMappings("username: {expression: 'claims.sub +'}")).singleElement().asString()
                .startsWith(at + ".expression: Invalid value: \"claims.sub +\": compilation failed: ERROR:");
        assertThat(ofMappings("username: {expression: claims.sub}, uid: {claim: a, expression: b}"))
                .containsExactly("jwt[0].claimMappings.uid: Invalid value: \"\": claim and expression can't both be"
                        + " set");
        assertThat(ofMappings("username: {expression: user.username}")).singleElement().asString()
                .contains("undeclared reference to 'user'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"claims.email", "[\"yay\", string(claims.email), \"panda\"].join(\" \")", "claims.?email",
            "{\"fancy\": claims.?email}", "[\"a\"].map(i, i + claims.email)",
            "has(claims.email) ? claims.email : \"\""})
    void anAddressThatNobodyVerifiedIsNoName(String expression) {
        assertThat(ofMappings("username: {expression: '" + expression + "'}")).singleElement().asString()
                .startsWith("jwt[0].claimMappings.username.expression: Invalid value: ").endsWith(EMAIL);
        assertThat(ofMappings("username: {expression: '" + expression
                + "'}, extra: [{key: a.b/c, valueExpression: 'string(claims.?email_verified.orValue(false))'}]"))
                .isEmpty();
    }

    @Test
    void rulesAreOfAClaimOrAnExpressionThatIsKnownToSayYesOrNo() {
        String at = "jwt[0].claimValidationRules[0]";
        assertThat(ofRules("claimValidationRules: [{claim: hd, requiredValue: x}, {expression: 'claims.a == 1.0'}]"))
                .isEmpty();
        assertThat(ofRules("claimValidationRules: [{}]"))
                .containsExactly(at + ": Required value: claim or expression is required");
        assertThat(ofRules("claimValidationRules: [{claim: a, expression: b}]"))
                .containsExactly(at + ": Invalid value: \"a\": claim and expression can't both be set");
        assertThat(ofRules("claimValidationRules: [{claim: a, message: b}]"))
                .containsExactly(at + ".message: Invalid value: \"b\": may not be specified when claim is set");
        assertThat(ofRules("claimValidationRules: [{expression: 'claims.?email_verified.orValue(true)'}]"))
                .containsExactly(at + ".expression: Invalid value: \"claims.?email_verified.orValue(true)\": must"
                        + " evaluate to bool");
        assertThat(ofRules("userValidationRules: [{expression: user.username}]"))
                .containsExactly("jwt[0].userValidationRules[0].expression: Invalid value: \"user.username\": must"
                        + " evaluate to bool");
        assertThat(ofRules("userValidationRules: [{expression: \"!user.username.startsWith('system:')\"},"
                + " {expression: \"!user.username.startsWith('system:')\"}, {}]")).containsExactly(
                        "jwt[0].userValidationRules[1].expression: Duplicate value:"
                                + " \"!user.username.startsWith('system:')\"",
                        "jwt[0].userValidationRules[2].expression: Required value");
    }

    @Test
    void extraKeysHaveADomainThatIsNotKubernetes() {
        String extra = "username: {claim: sub, prefix: ''}, extra: [{key: KEY, valueExpression: \"'a'\"}]";
        String at = "jwt[0].claimMappings.extra[0].key: ";
        assertThat(ofMappings(extra.replace("KEY", "example.com/a"))).isEmpty();
        assertThat(ofMappings(extra.replace("KEY", "a"))).containsExactly(
                at + "Invalid value: \"a\": must be a domain-prefixed path (such as \"acme.io/foo\")");
        assertThat(ofMappings(extra.replace("KEY", "example.com/A")))
                .containsExactly(at + "Invalid value: \"example.com/A\": must be lowercase");
        assertThat(ofMappings(extra.replace("KEY", "authentication.kubernetes.io/credential-id"))).containsExactly(at
                + "Invalid value: \"authentication.kubernetes.io/credential-id\": k8s.io, kubernetes.io and their"
                + " subdomains are reserved for Kubernetes use");
    }

    @Test
    void pathsForEverybodyNeedThatTheyAreOn() {
        assertThat(problems("{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfiguration, anonymous:"
                + " {enabled: false, conditions: [{path: /livez}]}}")).singleElement().asString()
                .startsWith("anonymous.conditions: Invalid value: ")
                .endsWith("enabled should be set to true when conditions are defined");
    }
}
