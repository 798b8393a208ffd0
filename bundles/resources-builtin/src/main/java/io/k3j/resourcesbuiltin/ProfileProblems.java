package io.k3j.resourcesbuiltin;

import io.k3j.model.Struct;
import java.util.List;

/// What can be wrong with the profiles of a security context, a pod's or a container's: see
/// <https://kubernetes.io/docs/tutorials/security/seccomp/> and
/// <https://kubernetes.io/docs/tutorials/security/apparmor/>. Pure.
final class ProfileProblems {
    private static final List<String> TYPES = List.of("Localhost", "RuntimeDefault", "Unconfined");
    private static final String PROFILE = "localhostProfile";

    private ProfileProblems() {
    }

    /// Both of a security context at `p`.
    static void check(Struct context, Problems p) {
        seccomp(context.struct("seccompProfile"), p.at("seccompProfile"));
        appArmor(context.struct("appArmorProfile"), p.at("appArmorProfile"));
    }

    /// The file lies below a directory of the kubelet's and must not lead out of it.
    private static void seccomp(Struct profile, Problems p) {
        p.oneOf(profile, "type", TYPES);
        if (!local(profile)) {
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

    /// A name, which the kernel knows.
    private static void appArmor(Struct profile, Problems p) {
        p.oneOf(profile, "type", TYPES);
        String name = profile.text(PROFILE);
        if (!local(profile)) {
            if (profile.has(PROFILE)) {
                p.at(PROFILE).invalid(name, "can only be set when AppArmor type is Localhost");
            }
            return;
        }
        if (!name.equals(name.strip())) {
            p.at(PROFILE).invalid(name, "must not be padded with whitespace");
        }
        if (name.isBlank()) {
            p.at(PROFILE).required("must be set when AppArmor type is Localhost");
        }
    }

    private static boolean local(Struct profile) {
        return profile.text("type").equals("Localhost");
    }
}
