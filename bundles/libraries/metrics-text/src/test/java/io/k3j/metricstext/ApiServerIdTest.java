package io.k3j.metricstext;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiServerIdTest {
    /// Made by another program from upstream's rule.
    @Test
    void isUpstreamsOfTheSameHost() {
        assertThat(ApiServerId.of("server-1")).isEqualTo("apiserver-ivcd3cgyhcasg77bedm3gpsjua");
    }
}
