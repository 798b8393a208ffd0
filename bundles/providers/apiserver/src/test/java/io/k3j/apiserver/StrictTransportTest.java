package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apirequests.StrictTransport;
import io.k3j.apiwatches.Watches;
import io.k3j.componenthelpers.CorsOrigins;
import io.k3j.datastorememory.MemoryDatastore;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictTransportTest {
    private static final String NAME = "strict-transport-security-directives=";
    private static final String HEADER = "strict-transport-security";

    private static StrictTransport of(String... arguments) {
        return StrictTransport.of(ComponentArguments.of("--kube-apiserver-arg", arguments));
    }

    @Test
    void everyAnswerSaysItWhereItIsAskedFor() throws IOException {
        StrictTransport asked = of(NAME + "max-age=31536000,includeSubDomains,preload");
        try (TestServer server = new TestServer(new MemoryDatastore(), new Core.Policy(Set.of(), Set.of(), Set.of(),
                AnonymousAuth.NOWHERE, false, 600, false, Watches.LEAST, 0, CorsOrigins.NONE, asked))) {
            for (String path : new String[] {"/version", "/api/v1/namespaces/a/configmaps/missing",
                    "/api/v1/namespaces/a/configmaps?watch=1"}) {
                assertThat(server.get(path).answered(HEADER)).as(path)
                        .isEqualTo("max-age=31536000; includeSubDomains; preload");
            }
        }
        try (TestServer server = new TestServer()) {
            assertThat(server.get("/version").answered(HEADER)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"max-age, invalid", "age=1, invalid", "max-age=1=2, invalid", "includesubdomains, invalid",
            "preload; x, invalid", "'preload,', empty value in strict-transport-security-directives"})
    void whatIsNoDirectiveIsRefused(String given, String why) {
        assertThatThrownBy(() -> of(NAME + given)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why).hasMessageContaining("; try --kube-apiserver-arg=" + NAME + "max-age=");
    }
}
