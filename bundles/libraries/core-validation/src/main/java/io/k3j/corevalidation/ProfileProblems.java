package io.k3j.corevalidation;

import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What can be wrong with the profiles of a security context, a pod's or a container's: see
/// <https://kubernetes.io/docs/tutorials/security/seccomp/> and
/// <https://kubernetes.io/docs/tutorials/security/apparmor/>. Pure.
final class ProfileProblems {
    /// The kernel facility is off, as the runtime ships it, or as a file or name of the node says.
    private static final List<String> TYPES = List.of("Localhost", "RuntimeDefault", "Unconfined");
    /// Names a profile on the node; for the type `Localhost` only.
    private static final String PROFILE = "localhostProfile";
    /// In bytes, as the longest path.
    private static final int LONGEST_NAME = 4095;

    private ProfileProblems() {
    }

    /// The file lies below a directory of the kubelet's and must not lead out of it: `seccomp` in its root directory.
    static void seccomp(Struct profile, Problems p) {
        p.oneOf(profile, "type", TYPES);
        if (!local(profile)) {
            // The message shows the whole profile under Go's names of its fields, as upstream prints the struct.
            if (profile.has(PROFILE)) {
                p.at(PROFILE).invalid(Struct.of("Type", profile.text("type"), "LocalhostProfile",
                        profile.text(PROFILE)), "can only be set when seccomp type is Localhost");
            }
        } else if (profile.has(PROFILE)) {
            VolumeProblems.below(profile.text(PROFILE), p.at(PROFILE));
        } else {
            p.at(PROFILE).required("must be set when seccomp type is Localhost");
        }
    }

    /// A name under which the profile is loaded in the node's kernel, not a file. Of a type that is none nothing more
    /// is said.
    static void appArmor(Struct profile, Problems p) {
        p.oneOf(profile, "type", TYPES);
        String name = profile.text(PROFILE);
        if (!local(profile)) {
            if (profile.has(PROFILE) && TYPES.contains(profile.text("type"))) {
                p.at(PROFILE).invalid(name, "can only be set when AppArmor type is Localhost");
            }
            return;
        }
        if (!name.equals(name.strip())) {
            p.at(PROFILE).invalid(name, "must not be padded with whitespace");
        } else if (name.isEmpty()) {
            p.at(PROFILE).required("must be set when AppArmor type is Localhost");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            p.at(PROFILE).tooLong(LONGEST_NAME);
        }
    }

    private static boolean local(Struct profile) {
        return profile.text("type").equals("Localhost");
    }
}
