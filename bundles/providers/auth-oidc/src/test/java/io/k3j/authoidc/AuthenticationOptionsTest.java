package io.k3j.authoidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.authoidc.JwtConfiguration.ClaimRule;
import io.k3j.authoidc.JwtConfiguration.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Flags as upstream reads them.
class AuthenticationOptionsTest {
    private static final String URL = "oidc-issuer-url=https://issuer";
    private static final String CLIENT = "oidc-client-id=me";

    private static JwtConfiguration jwt(String... flags) throws IOException {
        return AuthenticationOptions.of(flags).configuration().jwt().getFirst();
    }

    @Test
    void anIssuerAndAClientAreEnough() throws IOException {
        AuthenticationOptions options = AuthenticationOptions.of(URL, CLIENT, "authorization-mode=RBAC");
        assertThat(options.problems()).isEmpty();
        assertThat(options.accepted()).containsExactly("RS256");
        JwtConfiguration jwt = options.configuration().jwt().getFirst();
        assertThat(jwt.issuer().url()).isEqualTo("https://issuer");
        assertThat(jwt.issuer().audiences()).containsExactly("me");
        assertThat(jwt.username()).isEqualTo(new Mapping("sub", "https://issuer#", ""));
        assertThat(jwt.groups()).isEqualTo(Mapping.NONE);
    }

    @Test
    void otherNamesThanAddressesBeginWithTheIssuerUnlessSomethingElseIsSaid() throws IOException {
        assertThat(jwt(URL, CLIENT, "oidc-username-claim=email").username().prefix()).isEmpty();
        assertThat(jwt(URL, CLIENT, "oidc-username-claim=name").username().prefix()).isEqualTo("https://issuer#");
        assertThat(jwt(URL, CLIENT, "oidc-username-prefix=-").username().prefix()).isEmpty();
        assertThat(jwt(URL, CLIENT, "oidc-username-prefix=oidc:").username().prefix()).isEqualTo("oidc:");
    }

    @Test
    void groupsClaimsAndAuthoritiesAreTaken(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("ca.pem"), "some pem");
        JwtConfiguration jwt = jwt(URL, CLIENT, "oidc-groups-claim=roles", "oidc-groups-prefix=oidc:",
                "oidc-required-claim=hd=example.com", "oidc-required-claim=x=a=b", "oidc-ca-file=" + file);
        assertThat(jwt.groups()).isEqualTo(new Mapping("roles", "oidc:", ""));
        assertThat(jwt.claimRules()).containsExactly(new ClaimRule("hd", "example.com", "", ""),
                new ClaimRule("x", "a=b", "", ""));
        assertThat(jwt.issuer().certificateAuthority()).isEqualTo("some pem");
    }

    @Test
    void algorithmsMayBeListedAndRepeated() {
        assertThat(AuthenticationOptions.of(URL, CLIENT, "oidc-signing-algs=RS256,ES256", "oidc-signing-algs=PS512")
                .accepted()).containsExactly("RS256", "ES256", "PS512");
        assertThat(AuthenticationOptions.of("authentication-config=/file").accepted()).contains("ES512", "PS256")
                .doesNotContain("HS256", "none");
    }

    @Test
    void whatIsWrongIsToldInUpstreamsWords() {
        assertThat(AuthenticationOptions.of("oidc-username-claim=email").problems()).containsExactly(
                "oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set");
        assertThat(AuthenticationOptions.of(URL, CLIENT, "authentication-config=/file").problems())
                .containsExactly("authentication-config file and oidc-* flags are mutually exclusive");
        assertThat(AuthenticationOptions.of(URL, CLIENT, "oidc-signing-algs=RS256,HS256").problems())
                .containsExactly("oidc: unsupported signing alg: \"HS256\"");
        assertThat(AuthenticationOptions.of(URL, CLIENT, "oidc-signing-algs=none").problems())
                .containsExactly("oidc: unsupported signing alg: \"none\"");
        assertThat(AuthenticationOptions.of(URL, CLIENT, "oidc-required-claim=hd").problems()).containsExactly(
                "invalid argument \"hd\" for \"--oidc-required-claim\" flag: malformed pair, expect string=string");
    }

    @Test
    void withoutAnIssuerThereIsNothing() throws IOException {
        assertThat(AuthenticationOptions.of("anonymous-auth=true").configuration())
                .isEqualTo(AuthenticationConfiguration.NONE);
        assertThat(AuthenticationOptions.of("anonymous-auth=true").anonymousSet()).isTrue();
    }
}
