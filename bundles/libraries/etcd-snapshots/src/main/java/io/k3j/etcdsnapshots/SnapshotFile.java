package io.k3j.etcdsnapshots;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;

/// One snapshot as the API tells of it: K3s' kind `ETCDSnapshotFile`. Immutable; a comparison of two is one of what the
/// API shows.
///
/// @param name as it is listed, with `.zip`
/// @param storage the node whose disk it is on, or `s3`
/// @param node the node it was taken on; `s3` when the bucket does not tell
/// @param location `file://…` or `s3://…`; empty for one that is not there
/// @param size in bytes
/// @param created shown in whole seconds
/// @param metadata what the administrator wanted said about snapshots, may be empty
/// @param tokenHash recognises the server token a restore needs, may be empty
/// @param s3 where in S3, without secrets; empty on disks
/// @param error why there is no such snapshot although it was to be taken; empty for one that is there
record SnapshotFile(String name, String storage, String node, String location, long size, Instant created,
        Struct metadata, String tokenHash, Struct s3, String error) {
    static final String API = "k3s.cattle.io/v1";
    static final String KIND = "ETCDSnapshotFile";
    /// The storage that is no node.
    static final String S3 = "s3";
    /// Names [#storage].
    static final String STORAGE = "etcd.k3s.cattle.io/snapshot-storage-node";
    /// On an object whose token is known.
    private static final String TOKEN = "etcd.k3s.cattle.io/snapshot-token-hash";
    /// What an object's name may have, without `local-` and the digest with its dash.
    private static final int LONGEST = 253 - 13;
    private static final int DIGITS = 6;

    /// The object's name: snapshots of one name on several nodes get different ones, and the same one always the same.
    /// K3s' form, so that either product finds the other's objects.
    String objectName() {
        String text = name.toLowerCase(Locale.ROOT);
        if (!subdomain(text)) {
            int dot = node.indexOf('.');
            text = "etcd-snapshot-" + (dot < 0 ? node : node.substring(0, dot)) + "-" + created.getEpochSecond()
                    + (name.endsWith(".zip") ? ".zip" : "");
        }
        return (storage.equals(S3) ? "s3-" : "local-") + text + "-" + digest(node + location);
    }

    /// Whether it can be part of an object's name (RFC 1123), as file names need not.
    private static boolean subdomain(String text) {
        boolean letters = text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-'
                || c == '.');
        return letters && !text.isEmpty() && text.length() <= LONGEST && !edge(text.charAt(0))
                && !edge(text.charAt(text.length() - 1)) && !text.contains("..") && !text.contains(".-")
                && !text.contains("-.");
    }

    private static boolean edge(char c) {
        return c == '-' || c == '.';
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// One that could not be taken at that time, on a disk: it has a name, and no location.
    static SnapshotFile failed(String name, String node, Instant when, Struct metadata, String error) {
        return new SnapshotFile(name, node, node, "", 0, when, metadata, "", Struct.EMPTY, error);
    }

    /// The whole object.
    Struct object() {
        Struct metadataOfObject = Struct.builder().put("name", objectName())
                .put("labels", Struct.of(STORAGE, storage))
                .putUnlessEmpty("annotations", tokenHash.isEmpty() ? Struct.EMPTY : Struct.of(TOKEN, tokenHash))
                .build();
        return Struct.of("apiVersion", API, "kind", KIND, "metadata", metadataOfObject, "spec", spec(), "status",
                status());
    }

    private Struct spec() {
        return Struct.builder().put("snapshotName", name).put("nodeName", node).put("location", location)
                .putUnlessEmpty("metadata", metadata).putUnlessEmpty("s3", s3).build();
    }

    /// Its `status`, which is written apart from the rest. The size is a text: K3s' field is a quantity.
    Struct status() {
        String time = created.truncatedTo(ChronoUnit.SECONDS).toString();
        Struct status = Struct.of("size", Long.toString(size), "creationTime", time, "readyToUse", error.isEmpty());
        return error.isEmpty() ? status : status.with("error", Struct.of("time", time, "message", error));
    }
}
