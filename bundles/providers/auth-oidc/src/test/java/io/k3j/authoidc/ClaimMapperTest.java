package io.k3j.authoidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Caller;
import io.k3j.authoidc.JwtConfiguration.ClaimRule;
import io.k3j.authoidc.JwtConfiguration.Extra;
import io.k3j.authoidc.JwtConfiguration.Issuer;
import io.k3j.authoidc.JwtConfiguration.Mapping;
import io.k3j.authoidc.JwtConfiguration.UserRule;
import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Who claims stand for.
class ClaimMapperTest {
    /// However slow the machine is, costs are what ends expressions.
    private static final Cel CEL = new CelService(() -> 0);
    private static final Issuer ISSUER = new Issuer("https://issuer", "", "", List.of("me"), "", "");
    private static final Mapping SUB = claim("sub", "");
    private static final Struct JANE = Struct.of("sub", "jane", "roles", List.of("a", "b"), "jti", "7");
    private Mapping username = SUB;
    private Mapping groups = Mapping.NONE;
    private Mapping uid = Mapping.NONE;
    private List<Extra> extra = List.of();
    private List<ClaimRule> claimRules = List.of();
    private List<UserRule> userRules = List.of();

    private static Mapping claim(String claim, String prefix) {
        return new Mapping(claim, prefix, "");
    }

    private static Mapping expression(String expression) {
        return new Mapping("", null, expression);
    }

    private Caller caller(Struct claims) throws BadCredential {
        return new ClaimMapper(new JwtConfiguration(ISSUER, claimRules, username, groups, uid, extra, userRules),
                new ClaimExpressions(CEL)).caller(new Claims(claims));
    }

    private void refused(Struct claims, String why) {
        assertThatThrownBy(() -> caller(claims)).isInstanceOf(BadCredential.class).hasMessage(why);
    }

    @Test
    void claimsAreTakenWithTheirPrefixes() throws BadCredential {
        username = claim("sub", "oidc:");
        groups = claim("roles", "oidc:");
        uid = claim("jti", "");
        Caller jane = caller(JANE);
        assertThat(jane.user()).isEqualTo("oidc:jane");
        assertThat(jane.groups()).containsExactly("oidc:a", "oidc:b");
        assertThat(jane.uid()).isEqualTo("7");
        assertThat(jane.extra()).containsExactly(
                Map.entry("authentication.kubernetes.io/credential-id", List.of("JTI=7")));
    }

    @Test
    void groupsMayBeOneTextOrMissing() throws BadCredential {
        groups = claim("roles", "");
        assertThat(caller(JANE.with("roles", "one")).groups()).containsExactly("one");
        assertThat(caller(JANE.without("roles")).groups()).isEmpty();
        assertThat(caller(JANE.with("roles", Null.NULL)).groups()).isEmpty();
        refused(JANE.with("roles", 5L), "oidc: parse groups claim \"roles\": json: cannot unmarshal number into Go"
                + " value of type string");
        refused(JANE.with("roles", List.of(1L)), "oidc: parse groups claim \"roles\": json: cannot unmarshal array into"
                + " Go value of type string");
    }

    @Test
    void aNameMustBeAText() {
        refused(JANE.without("sub"), "oidc: parse username claims \"sub\": claim not present");
        refused(JANE.with("sub", 5L),
                "oidc: parse username claims \"sub\": json: cannot unmarshal number into Go value of type string");
        refused(JANE.with("sub", ""), "oidc: parse username claims \"sub\": claim is empty");
        refused(JANE.with("sub", Null.NULL), "oidc: parse username claims \"sub\": claim is empty");
    }

    @Test
    void anAddressThatIsKnownNotToBeVerifiedIsRefused() throws BadCredential {
        username = claim("email", "");
        Struct mail = JANE.with("email", "jane@example.com");
        assertThat(caller(mail).user()).isEqualTo("jane@example.com");
        assertThat(caller(mail.with("email_verified", true)).user()).isEqualTo("jane@example.com");
        refused(mail.with("email_verified", false), "oidc: email not verified");
        refused(mail.with("email_verified", "true"), "oidc: parse 'email_verified' claim: json: cannot unmarshal string"
                + " into Go value of type bool");
    }

    @Test
    void expressionsMakeNamesGroupsAndExtra() throws BadCredential {
        username = expression("claims.sub + ':x'");
        groups = expression("claims.roles.map(r, 'role:' + r) + ['']");
        uid = expression("claims.jti");
        extra = List.of(new Extra("example.com/tenant", "claims.?tenant.orValue('')"),
                new Extra("example.com/roles", "claims.roles"), new Extra("example.com/null", "null"));
        Caller jane = caller(JANE);
        assertThat(jane.user()).isEqualTo("jane:x");
        assertThat(jane.groups()).containsExactly("role:a", "role:b");
        assertThat(jane.uid()).isEqualTo("7");
        assertThat(jane.extra()).containsEntry("example.com/roles", List.of("a", "b"))
                .doesNotContainKeys("example.com/tenant", "example.com/null");
    }

    @Test
    void whatAnExpressionGivesMustBeOfTheRightType() {
        username = expression("claims.sub");
        refused(JANE.with("sub", 1L), "oidc: error evaluating username claim expression: username claim expression must"
                + " return a string");
        refused(JANE.with("sub", ""), "oidc: empty username via CEL expression is not allowed");
        refused(JANE.without("sub"), "oidc: error evaluating username claim expression: expression 'claims.sub'"
                + " resulted in error: no such key: sub");
        groups = expression("claims.roles");
        refused(JANE.with("roles", List.of(1L)), "oidc: error evaluating group claim expression: expression must return"
                + " a string or a list of strings");
        refused(JANE.with("roles", Struct.of("a", "b")), "oidc: error evaluating group claim expression: expression"
                + " must return a string or a list of strings");
    }

    @Test
    void numbersAreDoublesAndNamesMayBeEscapedAsUpstream() throws BadCredential {
        username = expression("string(claims.exp / 2.0) + claims.example__dot__com.a__dash__b");
        Caller jane = caller(JANE.with("exp", 5L).with("example.com", Struct.of("a-b", "!")));
        assertThat(jane.user()).isEqualTo("2.5!");
        username = expression("string(claims.size()) + claims['example.com']");
        assertThat(caller(Struct.of("example.com", "x", "exp", 1L)).user()).isEqualTo("2x");
    }

    @Test
    void requiredClaimsMustHaveTheirValue() throws BadCredential {
        claimRules = List.of(new ClaimRule("hd", "example.com", "", ""));
        assertThat(caller(JANE.with("hd", "example.com")).user()).isEqualTo("jane");
        refused(JANE, "oidc: required claim hd not present in ID token");
        refused(JANE.with("hd", "other"),
                "oidc: required claim hd value does not match. Got = other, want = example.com");
        refused(JANE.with("hd", List.of("example.com")),
                "oidc: parse claim hd: json: cannot unmarshal array into Go value of type string");
    }

    @Test
    void rulesOfClaimsAndUsersMustHold() throws BadCredential {
        claimRules = List.of(new ClaimRule("", "", "claims.exp - claims.nbf <= 86400", "lives too long"));
        userRules = List.of(new UserRule("!user.username.startsWith('system:')", "system: is reserved"),
                new UserRule("user.groups.all(g, !g.startsWith('system:'))", ""),
                new UserRule("user.extra['authentication.kubernetes.io/credential-id'] == ['JTI=7']", "no id"));
        groups = claim("roles", "");
        Struct shortLived = JANE.with("nbf", 0L).with("exp", 86_400L);
        assertThat(caller(shortLived).user()).isEqualTo("jane");
        refused(shortLived.with("exp", 86_401L),
                "oidc: error evaluating claim validation expression: validation expression"
                        + " 'claims.exp - claims.nbf <= 86400' failed: lives too long");
        refused(shortLived.with("sub", "system:admin"), "oidc: error evaluating user info validation rule: validation"
                + " expression '!user.username.startsWith('system:')' failed: system: is reserved");
        refused(shortLived.with("roles", "system:masters"),
                "oidc: error evaluating user info validation rule: validation"
                        + " expression 'user.groups.all(g, !g.startsWith('system:'))' failed: ");
    }

    @Test
    void anExpressionThatCostsTooMuchMakesNobody() {
        username = expression("claims.roles.map(a, claims.roles.map(b, claims.roles.map(c, a + b + c))).size() > 0 ?"
                + " 'x' : 'y'");
        List<String> many = IntStream.range(0, 300).mapToObj(i -> "r" + i).toList();
        assertThatThrownBy(() -> caller(JANE.with("roles", many))).isInstanceOf(BadCredential.class)
                .hasMessageContaining("actual cost limit exceeded");
    }
}
