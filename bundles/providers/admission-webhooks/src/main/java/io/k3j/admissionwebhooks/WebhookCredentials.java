package io.k3j.admissionwebhooks;

import static io.k3j.validation.AdmissionConfiguration.require;
import static io.k3j.validation.AdmissionConfiguration.requireKnown;

import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import io.k3j.validation.AdmissionConfiguration;
import io.k3j.webhookclient.WebhookUsers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// As whom webhooks are asked: the kubeconfigs that the sections of both plug-ins name in the file of
/// `--kube-apiserver-arg=admission-control-config-file`, each a `WebhookAdmissionConfiguration`. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#authenticate-apiservers>.
record WebhookCredentials(WebhookUsers mutating, WebhookUsers validating) {
    static final WebhookCredentials NONE = new WebhookCredentials(WebhookUsers.NONE, WebhookUsers.NONE);
    private static final int MOST_BYTES = 1 << 20;
    private static final Set<String> KINDS = Set.of("apiserver.config.k8s.io/v1 WebhookAdmissionConfiguration",
            "apiserver.config.k8s.io/v1alpha1 WebhookAdmission");
    private static final String FILE = "kubeConfigFile";

    /// @param arguments those of `--kube-apiserver-arg`
    /// @throws IllegalArgumentException for a file that is wrong; the message names it, without a credential
    static WebhookCredentials of(String... arguments) {
        return new WebhookCredentials(users("MutatingAdmissionWebhook", arguments),
                users("ValidatingAdmissionWebhook", arguments));
    }

    private static WebhookUsers users(String plugin, String... arguments) {
        return AdmissionConfiguration.of(plugin, List.of(arguments), WebhookCredentials::document,
                section -> users(plugin, section)).orElse(WebhookUsers.NONE);
    }

    private static WebhookUsers users(String plugin, Struct section) {
        require(KINDS.contains(section.text("apiVersion") + " " + section.text("kind")), "the configuration of "
                + plugin + " must be a WebhookAdmissionConfiguration of apiserver.config.k8s.io/v1");
        requireKnown(section, Set.of("apiVersion", "kind", FILE), "configuration of " + plugin);
        String file = section.text(FILE);
        if (file.isEmpty()) {
            return WebhookUsers.NONE;
        }
        require(file.startsWith("/"), FILE + ": Invalid value: \"" + file + "\": must be an absolute file path");
        try {
            return WebhookUsers.read(Path.of(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(FILE + " of " + plugin + ": " + e.getMessage(), e);
        }
    }

    /// Reads a file of a bounded size.
    static Struct document(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] text = in.readNBytes(MOST_BYTES + 1);
            require(text.length <= MOST_BYTES, file + " has more than " + MOST_BYTES + " bytes");
            return Yaml.document(text).object();
        }
    }

    /// Those of one plug-in.
    WebhookUsers of(boolean forMutating) {
        return forMutating ? mutating : validating;
    }
}
