package io.k3j.admissionwebhooks;

import static io.k3j.validation.AdmissionConfiguration.require;
import static io.k3j.validation.AdmissionConfiguration.requireKnown;

import io.k3j.model.Struct;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// The ImagePolicyWebhook section of the file `--kube-apiserver-arg=admission-control-config-file`. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#imagepolicywebhook>.
///
/// @param kubeconfig says where the webhook is, and who asks
/// @param allowed how long an answer counts that allows images; zero: not at all
/// @param denied the same of one that does not
/// @param failsOpen whether images are allowed when nobody answers
record ImagePolicyConfiguration(Path kubeconfig, Duration allowed, Duration denied, boolean failsOpen) {
    private static final String SECTION = "imagePolicy";
    private static final String FILE = "kubeConfigFile";
    private static final long LONGEST_SECONDS = 1800;
    private static final long LONGEST_BACK_OFF = 300_000;

    /// @throws IllegalArgumentException for a field that nobody knows and for what is wrong in others
    static ImagePolicyConfiguration of(Struct section) {
        requireKnown(section, Set.of(SECTION), "configuration");
        Struct it = section.struct(SECTION);
        requireKnown(it, Set.of(FILE, "allowTTL", "denyTTL", "retryBackoff", "defaultAllow"), SECTION);
        String file = it.text(FILE);
        require(file.startsWith("/"), FILE + ": Invalid value: \"" + file + "\": must be an absolute file path");
        number(it, "retryBackoff", 1, LONGEST_BACK_OFF);
        return new ImagePolicyConfiguration(Path.of(file), Duration.ofSeconds(number(it, "allowTTL", 300,
                LONGEST_SECONDS)), Duration.ofSeconds(number(it, "denyTTL", 30, LONGEST_SECONDS)),
                it.flag("defaultAllow"));
    }

    /// Not given, or 0, is the default; -1 is nothing.
    private static long number(Struct it, String name, long otherwise, long most) {
        long given = it.whole(name, 0);
        require(given == -1 || given == 0 || given >= 1 && given <= most, name + ": Invalid value: " + given
                + ": valid value is between 1 and " + most + "; 0 for the default, -1 for none");
        return given == 0 ? otherwise : Math.max(given, 0);
    }
}
