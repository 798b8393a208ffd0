package io.k3j.csi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Where upstream's kubelet has what belongs to CSI, below its directory. Pure.
///
/// ```
/// plugins_registry/*.sock                                        sockets of registrars
/// pods/<uid>/volumes/kubernetes.io~csi/<volume>/mount            where a driver publishes a volume
/// pods/<uid>/volumes/kubernetes.io~csi/<volume>/vol_data.json    which volume of which driver it is
/// plugins/kubernetes.io/csi/<driver>/<sha256 of handle>/globalmount, vol_data.json   where it is staged
/// plugins/kubernetes.io/csi/volumeDevices/staging/<volume>       where a device is staged
/// plugins/kubernetes.io/csi/volumeDevices/publish/<volume>/<uid> the device
/// plugins/kubernetes.io/csi/volumeDevices/<volume>/data/vol_data.json, dev/<uid>    which it is, who has it
/// ```
///
/// @param root the kubelet's directory
record CsiPaths(Path root) {
    static final String ESCAPED = "kubernetes.io~csi";
    private static final int LONGEST_DRIVER = 63;
    private static final int LONGEST_NAME = 255;
    private static final int HASH_CHARS = 64;

    Path registry() {
        return root.resolve("plugins_registry");
    }

    Path pods() {
        return root.resolve("pods");
    }

    /// All of a pod's that are mounted.
    Path volumes(String uid) {
        return pods().resolve(uid).resolve("volumes").resolve(ESCAPED);
    }

    /// What is kept of one; `mount` in it is the volume.
    Path volume(String uid, String name) {
        return volumes(uid).resolve(name);
    }

    /// What plug-ins keep, and drivers' sockets.
    Path plugins() {
        return root.resolve("plugins");
    }

    Path plugin() {
        return plugins().resolve("kubernetes.io/csi");
    }

    /// What is kept of a staged volume.
    Path global(String driver, String handle) {
        return plugin().resolve(driver).resolve(sha256(handle));
    }

    Path staging(String driver, String handle) {
        return global(driver, handle).resolve("globalmount");
    }

    Path devices() {
        return plugin().resolve("volumeDevices");
    }

    Path deviceData(String name) {
        return devices().resolve(name).resolve("data");
    }

    /// A file here, by the uid of a pod, stands for its use of a device.
    Path deviceUsers(String name) {
        return devices().resolve(name).resolve("dev");
    }

    /// The name of a volume that pods have as a device.
    /// @throws IOException when it is that of a directory which lies beside those of such volumes
    static String device(String name) throws IOException {
        if (name.equals("staging") || name.equals("publish")) {
            throw new IOException("a PersistentVolume of volumeMode Block cannot be called " + name
                    + ": give it another name");
        }
        return name;
    }

    Path deviceStaging(String name) {
        return devices().resolve("staging").resolve(name);
    }

    Path devicePublished(String name, String uid) {
        return devices().resolve("publish").resolve(name).resolve(uid);
    }

    /// As upstream names attachments, staged volumes and volumes of pods.
    static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether a name may be one of [#sha256].
    static boolean hash(String name) {
        return name.length() == HASH_CHARS && name.chars().allMatch(HexFormat::isHexDigit);
    }

    /// The name of a driver, which becomes a directory's: letters and digits with dashes and dots between them.
    /// @throws IOException when it is another text
    static String driver(String name) throws IOException {
        boolean plain = !name.isEmpty() && name.length() <= LONGEST_DRIVER && name.chars()
                .allMatch(c -> letter(c) || c == '-' || c == '.') && letter(name.charAt(0))
                && letter(name.charAt(name.length() - 1));
        if (!plain || name.equals("volumeDevices") || name.equals("pv")) {
            throw new IOException("\"" + shown(name) + "\" is no name of a CSI driver: at most " + LONGEST_DRIVER
                    + " letters and digits, with dashes and dots between them");
        }
        return name;
    }

    private static boolean letter(int c) {
        return c < 128 && Character.isLetterOrDigit(c);
    }

    /// A name from the API, which becomes a directory's.
    /// @throws IOException when it would lead to another place
    static String component(String name) throws IOException {
        if (name.isEmpty() || name.length() > LONGEST_NAME || name.equals(".") || name.equals("..")
                || name.chars().anyMatch(c -> c == '/' || Character.isISOControl(c))) {
            throw new IOException("\"" + shown(name) + "\" cannot be the name of a directory");
        }
        return name;
    }

    private static String shown(String name) {
        return name.length() <= LONGEST_DRIVER ? name : name.substring(0, LONGEST_DRIVER) + "...";
    }
}
