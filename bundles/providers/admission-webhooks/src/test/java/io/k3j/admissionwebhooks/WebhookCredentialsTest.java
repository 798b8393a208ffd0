package io.k3j.admissionwebhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.webhookclient.WebhookUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `admission-control-config-file` says of webhooks.
class WebhookCredentialsTest {
    @TempDir
    private Path directory;

    private String argument(String plugin, String configuration) throws IOException {
        return "admission-control-config-file=" + Files.writeString(directory.resolve("admission.yaml"),
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: " + plugin
                        + "\n  configuration: {" + configuration + "}\n");
    }

    private static String kind(String file) {
        return "apiVersion: apiserver.config.k8s.io/v1, kind: WebhookAdmissionConfiguration, kubeConfigFile: '" + file
                + "'";
    }

    @Test
    void eachPlugInHasTheUsersOfItsKubeconfig() throws IOException {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"),
                "apiVersion: v1\nkind: Config\nusers:\n- {name: '*.shop.svc', user: {token: x}}\n");
        WebhookCredentials credentials = WebhookCredentials
                .of(argument("ValidatingAdmissionWebhook", kind(kubeconfig.toString())));
        assertThat(credentials.of(false)).isNotSameAs(WebhookUsers.NONE);
        assertThat(credentials.of(true)).isSameAs(WebhookUsers.NONE);
        assertThat(WebhookCredentials.of("event-ttl=1h")).isEqualTo(WebhookCredentials.NONE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"kind: Other|must be a WebhookAdmissionConfiguration of",
            "FILE, staticManifestsDir: /x|unknown fields [staticManifestsDir] in configuration of",
            "RELATIVE|kubeConfigFile: Invalid value: \"kubeconfig\": must be an absolute file path",
            "FILE|kubeConfigFile of MutatingAdmissionWebhook: stat /no/file: no such file or directory"})
    void whatIsWrongEndsTheStart(String configuration, String message) throws IOException {
        String argument = argument("MutatingAdmissionWebhook",
                configuration.replace("FILE", kind("/no/file")).replace("RELATIVE", kind("kubeconfig")));
        assertThatThrownBy(() -> WebhookCredentials.of(argument)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message).hasMessageContaining("admission.yaml");
    }
}
