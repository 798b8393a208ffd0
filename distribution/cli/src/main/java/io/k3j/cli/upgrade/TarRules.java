package io.k3j.cli.upgrade;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/// What the entries of a release's tar may be, one after the other: everything lies in one directory, no name or link
/// leads out of it, none comes twice, each directory comes before what is in it, and all is bounded. One thread.
final class TarRules {
    static final int MOST_ENTRIES = 20_000;
    static final long MOST_BYTES = 2L << 30;
    private static final int LONGEST_NAME = 400;
    private final Set<String> directories = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private String root = "";
    private long bytes;

    /// The name of an entry within the release; empty for the directory that holds all.
    /// @throws IOException when it is refused
    String accept(TarReader.Entry entry) throws IOException {
        String name = entry.name().endsWith("/") ? entry.name().substring(0, entry.name().length() - 1) : entry.name();
        if (names.size() >= MOST_ENTRIES) {
            throw new IOException("it has more than " + MOST_ENTRIES + " entries");
        }
        bytes += entry.size();
        if (bytes > MOST_BYTES) {
            throw new IOException("it unpacks to more than " + (MOST_BYTES >> 20) + " MiB");
        }
        plain(name);
        int slash = name.indexOf('/');
        String within = slash < 0 ? "" : name.substring(slash + 1);
        if (root.isEmpty()) {
            root = slash < 0 ? name : name.substring(0, slash);
        }
        if (!(name + "/").startsWith(root + "/") || within.isEmpty() && entry.type() != '5') {
            throw new IOException(name + " lies beside " + root + "/, in which all of a release lies");
        }
        if (!names.add(within)) {
            throw new IOException(name + " is there twice");
        }
        if (!within.isEmpty() && !directories.contains(parent(within))) {
            throw new IOException(name + " lies in no directory that comes before it");
        }
        if (entry.type() == '5') {
            directories.add(within);
        }
        if (entry.type() == '2') {
            inside(within, entry.link());
        }
        return within;
    }

    private static String parent(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    private static void plain(String name) throws IOException {
        boolean odd = name.isEmpty() || name.length() > LONGEST_NAME
                || name.chars().anyMatch(c -> c < ' ' || c > '~' || c == '\\');
        if (odd) {
            throw new IOException("a name is empty, longer than " + LONGEST_NAME + " bytes, or no plain text");
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IOException("the name " + name + " leads out of the release");
            }
        }
    }

    /// Steps upwards come first only, from a directory that is none by a link: so no other link changes where they
    /// lead.
    private static void inside(String name, String target) throws IOException {
        int depth = (int) name.chars().filter(c -> c == '/').count();
        boolean down = false;
        for (String part : target.split("/", -1)) {
            boolean up = part.equals("..");
            down |= !up;
            depth -= up ? 1 : 0;
            if (part.isEmpty() || part.equals(".") || up && down || depth < 0) {
                throw new IOException("the link " + name + " leads out of the release, to " + target);
            }
        }
    }
}
