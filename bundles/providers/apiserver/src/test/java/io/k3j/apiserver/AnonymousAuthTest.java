package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.apiaccess.Access;
import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.objectregistry.Completeness;
import io.k3j.objectregistry.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is served without credentials.
class AnonymousAuthTest {
    @TempDir
    private Path directory;

    private AnonymousAuth of(String anonymous, String... flag) throws IOException {
        Path file = Files.writeString(directory.resolve("authentication.yaml"), "apiVersion: apiserver.config.k8s.io/v1"
                + "\nkind: AuthenticationConfiguration\n" + anonymous + "\n");
        return AnonymousAuth.of(flag.length == 0 ? Map.of("authentication-config", file.toString())
                : Map.of("authentication-config", file.toString(), "anonymous-auth", flag[0]));
    }

    @Test
    void aFlagSaysAllOrNone() throws IOException {
        assertThat(AnonymousAuth.of(Map.of())).isEqualTo(AnonymousAuth.NOWHERE);
        assertThat(AnonymousAuth.of(Map.of("anonymous-auth", "true")).admits("/api")).isTrue();
        assertThat(of("jwt: []", "true").admits("/api")).isTrue();
        assertThat(of("jwt: []").admits("/livez")).isFalse();
    }

    @Test
    void aFileMayNamePaths() throws IOException {
        AnonymousAuth some = of("anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}]}");
        assertThat(some.admits("/livez")).isTrue();
        assertThat(some.admits("/livez/ping")).isFalse();
        assertThat(some.admits("/api/v1/secrets")).isFalse();
        assertThat(of("anonymous: {enabled: true}").admits("/api")).isTrue();
        assertThat(of("anonymous: {enabled: false}").admits("/livez")).isFalse();
    }

    @Test
    void whatCannotBeReadOrIsSaidTwiceAdmitsNobody() throws IOException {
        assertThat(of("anonymous: {enabled: true}", "true")).isEqualTo(AnonymousAuth.NOWHERE);
        assertThat(of("anonymous: [")).isEqualTo(AnonymousAuth.NOWHERE);
        assertThat(AnonymousAuth.of(Map.of("authentication-config", directory.resolve("none").toString())))
                .isEqualTo(AnonymousAuth.NOWHERE);
    }

    /// Whoever writes conditions wants less than everything to be served.
    @ParameterizedTest
    @ValueSource(strings = {"condition: [{path: /livez}]", "conditions: {path: /livez}", "conditions: /livez",
            "conditions: [/livez]", "conditions: [{paths: /livez}]", "conditions: [{path: [/livez]}]",
            "conditions: [{}]",
            "conditions: [{path: /livez}, {path: /readyz, verb: get}]"})
    void conditionsThatAreNoneAdmitNobody(String conditions) throws IOException {
        assertThat(of("anonymous: {enabled: true, " + conditions + "}")).isEqualTo(AnonymousAuth.NOWHERE);
    }

    @Test
    void onlyRequestsOfThesePathsAreServed() {
        Access some = new Access(Slot.highestFirst(Completeness.remembered()),
                Slot.highestFirst(Completeness.remembered()), new AnonymousAuth(true, Set.of("/livez")), () -> {
                });
        assertThat(some.caller(request("/livez"))).isEqualTo(Caller.ANONYMOUS);
        for (String other : List.of("/livez/", "/livez/ping", "/api/v1/secrets", "/LIVEZ", "//livez")) {
            assertThatExceptionOfType(ApiFault.class).as(other).isThrownBy(() -> some.caller(request(other)))
                    .satisfies(f -> assertThat(f.code()).isEqualTo(401));
        }
    }

    private static Request request(String path) {
        return new Request(new TestExchange("GET", path, new byte[0]));
    }
}
