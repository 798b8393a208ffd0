package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Mounts the file system of a block device, which is made when the device has none; upstream's `SafeFormatAndMount`,
/// with its texts. Any thread; blocks for as long as the programs take.
///
/// A device is formatted only when `blkid` has looked at it twice and found nothing known, neither a file system nor a
/// table of partitions, and [BlankDevice] has nothing against it. Whatever else happens the device stays as it is.
/// It is open from the first look until it is mounted, so that no other device gets its name meanwhile.
final class FormatAndMount {
    static final String DEFAULT_TYPE = "ext4";
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletvolumes");
    /// `blkid`: nothing that it knows is there.
    private static final int NOTHING_FOUND = 2;
    private static final int FSCK_CORRECTED = 1;
    private static final int FSCK_UNCORRECTED = 4;
    /// Upstream's word for what has partitions. `fsck` never sees it: it may find the remains of a file system that the
    /// partitions have taken the place of, and write its superblock into their table.
    private static final String PARTITIONS = "unknown data, probably partitions";
    private final HostProgram programs;
    private final BlankDevice blank;

    FormatAndMount(HostProgram programs, BlankDevice blank) {
        this.programs = programs;
        this.blank = blank;
    }

    /// @param device by a name that leads nowhere else meanwhile
    /// @param target an existing directory
    /// @param type of the file system, as `xfs`; empty for [#DEFAULT_TYPE]
    /// @param options of mount(8); with `ro` among them it is neither formatted nor checked
    /// @throws IOException when it is not mounted, with the reason
    void mount(Path device, Path target, String type, List<String> options) throws IOException {
        String wanted = type.isEmpty() ? DEFAULT_TYPE : type;
        check(wanted);
        List<String> all = new ArrayList<>(options);
        all.add("defaults");
        try (FileChannel held = FileChannel.open(device, StandardOpenOption.READ)) {
            prepare(device, held, target, wanted, all);
            String list = String.join(",", all);
            HostProgram.Result result = programs.run("mount", "-t", wanted, "-o", list, device.toString(),
                    target.toString());
            if (result.code() != 0) {
                throw new IOException("mount failed: exit status " + result.code() + ", mounting arguments: -t "
                        + wanted + " -o " + list + " " + device + " " + target + ", output: " + result.said());
            }
        }
    }

    /// Ends a mount, unless somebody uses it. What is not written yet is written, which takes as long as it takes; so
    /// this is a program, and not [io.k3j.nodefiles.Mounts], for which all pods would wait.
    /// @throws IOException when it is still mounted, as far as is known
    void unmount(Path target) throws IOException {
        HostProgram.Result result = programs.run("umount", target.toString());
        if (result.code() != 0) {
            throw new IOException("unmount failed: exit status " + result.code() + ", unmounting arguments: " + target
                    + ", output: " + result.said());
        }
    }

    private void prepare(Path device, FileChannel held, Path target, String wanted, List<String> options)
            throws IOException {
        boolean readOnly = options.contains("ro");
        String found = format(device);
        if (!found.isEmpty()) {
            if (!found.equals(wanted)) {
                LOG.log(System.Logger.Level.WARNING, "A volume has another file system than it says path={0} type={1} "
                        + "found={2}", device, wanted, found);
            }
            if (!readOnly && !found.equals(PARTITIONS)) {
                repair(device);
            }
        } else if (readOnly) {
            throw new IOException("cannot mount unformatted disk " + device
                    + " as we are manipulating it in read-only mode");
        } else {
            blank.check(device, held);
            if (!format(device).isEmpty()) {
                throw new IOException("disk " + device + " was changed while it was looked at, so it is not formatted");
            }
            make(device, target, wanted, options);
        }
    }

    /// The type becomes part of a program's name.
    private static void check(String type) throws IOException {
        boolean plain = type.charAt(0) != '.' && type.charAt(0) != '-'
                && type.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0));
        if (!plain) {
            throw new IOException("fsType \"" + type + "\" is not the name of a file system");
        }
    }

    /// The type of the file system on a device, some other text for what is none of its own, empty when nothing is
    /// known of it.
    private String format(Path device) throws IOException {
        HostProgram.Result told = programs.run("blkid", "-p", "-s", "TYPE", "-s", "PTTYPE", "-o", "export",
                device.toString());
        if (told.code() == NOTHING_FOUND && told.said().isEmpty()) {
            return "";
        }
        String type = "";
        boolean partitions = false;
        for (String line : told.output().lines().toList()) {
            partitions |= line.startsWith("PTTYPE=");
            type = line.startsWith("TYPE=") ? line.substring("TYPE=".length()) : type;
        }
        if (partitions) {
            return PARTITIONS;
        }
        if (told.code() != 0 || type.isEmpty()) {
            throw new IOException("failed to get disk format of disk " + device + ": exit status " + told.code() + " "
                    + told.said());
        }
        if (type.endsWith("_member")) {
            throw new IOException("disk " + device + " is part of something else, so it is not mounted: " + type);
        }
        return type;
    }

    /// What cannot be repaired keeps the device from being mounted; a node without the program goes without.
    private void repair(Path device) throws IOException {
        HostProgram.Result result;
        try {
            result = programs.run("fsck", "-a", device.toString());
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.WARNING, "A volume is mounted unchecked path={0} error={1}", device,
                    e.getMessage());
            return;
        }
        if (result.code() == FSCK_UNCORRECTED) {
            throw new IOException("'fsck' found errors on device " + device + " but could not correct them: "
                    + result.said());
        }
        if (result.code() < 0) {
            throw new IOException("'fsck' of device " + device + " did not end: " + result.said());
        }
        if (result.code() != 0) {
            LOG.log(result.code() == FSCK_CORRECTED ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                    "A volume was checked path={0} code={1} output={2}", device, result.code(), result.said());
        }
    }

    private void make(Path device, Path target, String type, List<String> options) throws IOException {
        List<String> line = new ArrayList<>(List.of("mkfs." + type));
        switch (type) {
            case "ext3", "ext4" -> line.addAll(List.of("-F", "-m0"));
            case "xfs" -> line.add("-f");
            default -> {
                // nothing that it would ask about
            }
        }
        line.add(device.toString());
        LOG.log(System.Logger.Level.INFO, "Formatting a volume path={0} type={1}", device, type);
        HostProgram.Result result = programs.run(line.toArray(new String[0]));
        if (result.code() != 0) {
            throw new IOException("format of disk \"" + device + "\" failed: type:(\"" + type + "\") target:(\""
                    + target + "\") options:(\"" + String.join(",", options) + "\") errcode:(exit status "
                    + result.code() + ") output:(" + result.said() + ")");
        }
    }
}
