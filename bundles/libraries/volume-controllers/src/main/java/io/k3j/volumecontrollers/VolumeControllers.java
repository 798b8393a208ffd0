package io.k3j.volumecontrollers;

import io.k3j.controllerkit.ControllerContext;

/// The controllers of PersistentVolumes and their claims.
public final class VolumeControllers {
    private static final String NO_FORCED_DETACH = "disable-force-detach-on-timeout";

    private VolumeControllers() {
    }

    /// Adds the loops of protection, ephemeral claims, binding, expansion and attachment, by upstream's names
    /// and service accounts. They begin with the context, and end with it. Does not block.
    ///
    /// @param arguments of `--kube-controller-manager-arg`; `disable-force-detach-on-timeout` counts here
    /// @throws IllegalArgumentException naming the argument that is not understood
    public static void add(ControllerContext context, String... arguments) {
        boolean forced = forcedDetach(arguments);
        StorageProtection.add(context);
        EphemeralVolumes.add(context);
        VolumeBinder.add(context);
        VolumeExpander.add(context);
        AttachDetach.add(context, forced);
    }

    /// Whether volumes are detached from nodes that have been unhealthy for six minutes, by
    /// `disable-force-detach-on-timeout`.
    ///
    /// @throws IllegalArgumentException naming the argument
    static boolean forcedDetach(String... arguments) {
        boolean forced = true;
        for (String argument : arguments) {
            if (argument.equals(NO_FORCED_DETACH)) {
                forced = false;
            } else if (argument.startsWith(NO_FORCED_DETACH + "=")) {
                String given = argument.substring(NO_FORCED_DETACH.length() + 1);
                if (!given.equals("true") && !given.equals("false")) {
                    throw new IllegalArgumentException("--kube-controller-manager-arg=" + argument
                            + " is neither true nor false");
                }
                forced = given.equals("false");
            }
        }
        return forced;
    }
}
