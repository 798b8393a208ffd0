package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What K3s' page says of templates (<https://docs.k3s.io/advanced#configuring-containerd>).
class ContainerdTemplateTest {
    private static final String BASE = "version = 2\nroot = \"/data\"\n";

    private static String rendered(String text) {
        return ContainerdTemplate.of(text).rendered(BASE);
    }

    @Test
    void whatStandsAroundTheBaseIsKept() {
        assertThat(rendered("# mine\n{{ template \"base\" . }}\n\n[metrics]\n  address = \"127.0.0.1:1338\"\n"))
                .isEqualTo("# mine\n" + BASE + "\n\n[metrics]\n  address = \"127.0.0.1:1338\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{template \"base\" .}}", "{{ template  `base` . }}",
            "{{/* mine */}}{{ template \"base\" }}", "\n\n{{- template \"base\" . -}}\n\n"})
    void allWaysToWriteItAreUnderstood(String text) {
        assertThat(rendered(text).strip()).isEqualTo(BASE.strip());
    }

    @Test
    void blanksAreTrimmedWhereTheActionSaysSo() {
        assertThat(rendered("a = 1  \n {{- template \"base\" . -}} \n\nb = 2")).isEqualTo("a = 1" + BASE + "b = 2\n");
    }

    @Test
    void runtimesOfVersion3HaveTheNamesOfVersion2() {
        assertThat(rendered("""
                {{ template "base" . }}

                [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.'custom']
                  runtime_type = "io.containerd.runc.v2"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes."custom".options]
                  BinaryName = "/usr/bin/custom-container-runtime"
                """)).endsWith("""

                [plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.'custom']
                  runtime_type = "io.containerd.runc.v2"
                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes."custom".options]
                  BinaryName = "/usr/bin/custom-container-runtime"
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"version = 2", "{{ template \"base\" . }}{{ .NodeConfig.Containerd.Root }}",
            "{{ template \"base\" . }} {{ if .SystemdCgroup }}", "{{ template \"base\" .",
            "{{ template \"base\" . }}\n[plugins.'io.containerd.cri.v1.images'.registry]"})
    void whatCannotBeRenderedIsRefused(String text) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> ContainerdTemplate.of(text))
                .withMessageStartingWith("it ");
    }
}
