package io.k3j.helmcontroller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartSourceTest {
    private static ChartSource of(Object... spec) {
        return ChartSource.of("web", Struct.of(spec), "127.0.0.1:6443");
    }

    @ParameterizedTest
    @CsvSource({"https://%{KUBERNETES_API}%/static/charts/a.tgz,'',https://127.0.0.1:6443/static/charts/a.tgz,''",
            "oci://r.example/charts/a,'',oci://r.example/charts/a,''",
            "nginx,https://charts.example,web/nginx,https://charts.example",
            "stable/nginx,'',stable/nginx,https://charts.helm.sh/stable/"})
    void leadsHelmToTheChart(String chart, String repo, String reference, String repository) {
        ChartSource source = of("chart", chart, "repo", repo);
        assertThat(source.chart()).isEqualTo(reference);
        assertThat(source.repository()).isEqualTo(repository);
    }

    @Test
    void theContentCountsBeforeTheName() {
        ChartSource source = of("chart", "nginx", "chartContent", Charts.base64("tgz"));
        assertThat(source.chart()).isEqualTo("chart.tgz");
        assertThat(new String(source.content(), StandardCharsets.UTF_8)).isEqualTo("tgz");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/chart", "./chart", "../chart", "file:///etc/chart", "chart", "stable/../../etc"})
    void filesOfTheMachineAreNoCharts(String chart) {
        assertThatThrownBy(() -> of("chart", chart)).isInstanceOf(ChartRefused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/chart", "/etc/chart", ".hidden", "a b", "a/../../b"})
    void namesInARepositoryDoNotLeaveIt(String chart) {
        assertThatThrownBy(() -> of("chart", chart, "repo", "https://charts.example")).isInstanceOf(ChartRefused.class);
    }

    @Test
    void aRepositoryIsReachedByHttp() {
        assertThatThrownBy(() -> of("chart", "a", "repo", "file:///srv")).isInstanceOf(ChartRefused.class)
                .hasMessageContaining("spec.repo file:///srv");
    }
}
