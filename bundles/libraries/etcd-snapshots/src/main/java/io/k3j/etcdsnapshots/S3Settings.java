package io.k3j.etcdsnapshots;

import io.k3j.apimachinery.Durations;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Where in S3 snapshots are kept, and as whom. From `--etcd-s3-*`, from a request of `k3s etcd-snapshot`, or from a
/// Secret. Immutable. Not for logs: a proxy may have a password in it.
///
/// @param endpoint host and maybe port, without a scheme
/// @param insecure whether it speaks HTTP without TLS
/// @param authority a PEM text or the file that holds it; empty: the machine's
/// @param unverified whether any certificate is taken
/// @param bucket has to exist
/// @param lookup `path`, `dns` or `auto`: how the bucket is named in requests
/// @param region a part of signatures
/// @param folder the prefix of keys, without slashes at its ends; may be empty
/// @param proxy a URL; empty: that of the environment
/// @param timeout of one request, until its answer begins
/// @param retention how many of a prefix and node stay in the bucket; 0 for all
record S3Settings(String endpoint, boolean insecure, String authority, boolean unverified, Keys keys, String bucket,
        String lookup, String region, String folder, String proxy, Duration timeout, int retention) {
    /// As in K3s' request, without the Secret's name.
    private static final Map<String, String> DEFAULTS = Map.of("endpoint", "s3.amazonaws.com", "region", "us-east-1",
            "bucketLookup", "auto", "timeout", "5m0s", "retention", "5");
    /// As the fields of a Secret are called, after `etcd-s3-`; each at the place of its name in the request.
    private static final List<String> SECRET_NAMES = List.of("endpoint", "endpoint-ca", "skip-ssl-verify",
            "access-key", "secret-key", "session-token", "bucket", "bucket-lookup-type", "region", "folder",
            "insecure", "timeout", "proxy", "retention");
    private static final List<String> REQUEST_NAMES = List.of("endpoint", "endpointCA", "skipSSLVerify", "accessKey",
            "secretKey", "sessionToken", "bucket", "bucketLookup", "region", "folder", "insecure", "timeout", "proxy",
            "retention");

    /// Who asks. Its text has no secret in it.
    ///
    /// @param access empty for a bucket that is open to everybody: requests are not signed then
    /// @param session of a temporary identity, else empty
    record Keys(String access, String secret, String session) {
        @Override
        public String toString() {
            return "Keys[" + access + "]";
        }
    }

    /// From K3s' request form; what is missing has K3s' default. Nobody is asked, and no file is read.
    /// @throws IllegalArgumentException naming what is wrong
    static S3Settings of(Struct asked) {
        if (asked.text("bucket").isEmpty()) {
            throw new IllegalArgumentException("s3 bucket name was not set; give --etcd-s3-bucket");
        }
        if (!List.of("auto", "dns", "path").contains(text(asked, "bucketLookup"))) {
            throw new IllegalArgumentException("--etcd-s3-bucket-lookup-type " + asked.text("bucketLookup")
                    + ": use auto, dns or path");
        }
        Keys keys = new Keys(asked.text("accessKey"), asked.text("secretKey"), asked.text("sessionToken"));
        return new S3Settings(text(asked, "endpoint"), truth(asked, "insecure"), asked.text("endpointCA"),
                truth(asked, "skipSSLVerify"), keys, asked.text("bucket"), text(asked, "bucketLookup"),
                text(asked, "region"), trimmed(asked.text("folder")), asked.text("proxy"),
                duration(text(asked, "timeout")), retention(asked));
    }

    private static String text(Struct asked, String name) {
        String given = asked.text(name);
        return given.isEmpty() ? DEFAULTS.getOrDefault(name, "") : given;
    }

    /// A flag, or the text of one as a Secret has it.
    private static boolean truth(Struct asked, String name) {
        return asked.flag(name) || asked.text(name).equals("true");
    }

    /// A number, or the text of one as a Secret has it.
    private static int retention(Struct asked) {
        String text = asked.text("retention");
        try {
            return text.isEmpty() ? (int) asked.whole("retention", 5) : Integer.parseInt(text);
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("--etcd-s3-retention " + text + ": use a whole number");
        }
    }

    /// One slash at each end is taken off: keys do not begin with one.
    private static String trimmed(String folder) {
        String end = folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
        return end.startsWith("/") ? end.substring(1) : end;
    }

    private static Duration duration(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--etcd-s3-timeout " + e.getMessage());
        }
    }

    /// The request form of a Secret's fields, `etcd-s3-<flag>`; others are ignored.
    static Struct ofSecret(Map<String, String> fields) {
        Struct.Builder made = Struct.builder();
        for (int i = 0; i < SECRET_NAMES.size(); i++) {
            made.putUnlessEmpty(REQUEST_NAMES.get(i), fields.get("etcd-s3-" + SECRET_NAMES.get(i)));
        }
        return made.build();
    }

    /// Whether nothing but the name of a Secret is given: only then the Secret counts, as in K3s.
    static boolean onlySecret(Struct asked) {
        for (String name : REQUEST_NAMES) {
            String value = String.valueOf(asked.get(name));
            if (asked.has(name) && !value.isEmpty() && !value.equals("false")
                    && !value.equals(DEFAULTS.getOrDefault(name, ""))
                    && !(name.equals("timeout") && value.equals("5m"))) {
                return false;
            }
        }
        return true;
    }

    /// The key of a snapshot, or of a file that belongs to one.
    ///
    /// @param name without the folder
    String key(String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    /// For the objects of the API: no secrets, and no proxy, which may have one.
    Struct shown() {
        return Struct.builder().put("endpoint", endpoint).putUnlessEmpty("endpointCA", authority)
                .put("skipSSLVerify", unverified).put("bucket", bucket).put("bucketLookup", lookup)
                .put("region", region).putUnlessEmpty("prefix", folder).put("insecure", insecure).build();
    }
}
