package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentChecksTest {
    @Test
    void takesAServerAndAToken() {
        assertThat(AgentChecks.problems(Map.of("server", "https://fixed:6443", "token", "secret"))).isEmpty();
    }

    @Test
    void saysWhatIsMissingAndWhereToFindIt() {
        assertThat(AgentChecks.problems(Map.of())).hasSize(2)
                .anySatisfy(p -> assertThat(p).startsWith("--server is required").contains("K3S_URL"))
                .anySatisfy(p -> assertThat(p).startsWith("--token is required").contains("node-token"));
    }

    @Test
    void refusesOtherUrlsInUpstreamsWords() {
        assertThat(AgentChecks.problems(Map.of("server", "http://fixed:6443", "token", "t"))).singleElement().asString()
                .startsWith("only https:// URLs are supported");
        assertThat(AgentChecks.problems(Map.of("server", "fixed:6443", "token", "t"))).hasSize(1);
        assertThat(AgentChecks.problems(Map.of("server", "https://a b", "token", "t"))).hasSize(1);
    }
}
