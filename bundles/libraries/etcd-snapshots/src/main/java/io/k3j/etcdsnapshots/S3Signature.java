package io.k3j.etcdsnapshots;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// AWS Signature Version 4 for S3, in headers. Pure; any thread. The body is signed by its hash, so that what arrives
/// is what was meant, also without TLS. See
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.
final class S3Signature {
    /// The hash of a body that is empty.
    static final String NO_BODY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String METHOD = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC);
    private final S3Settings.Keys keys;
    private final String region;

    S3Signature(S3Settings.Keys keys, String region) {
        this.keys = keys;
        this.region = region;
    }

    /// What is signed.
    ///
    /// @param method in capitals
    /// @param path encoded, as it is sent
    /// @param query names and values, not encoded
    /// @param headers that go with it, names in small letters, `host` among them
    /// @param body the hex SHA-256 of the body
    record Request(String method, String path, Map<String, String> query, Map<String, String> headers, String body) {
    }

    /// The headers to send: the request's own without `host`, which the client adds itself, and those that make it
    /// ours.
    ///
    /// @param now shown to S3, which refuses what is more than some minutes from its own time
    Map<String, String> headers(Request request, Instant now) {
        TreeMap<String, String> all = new TreeMap<>(request.headers());
        String second = SECOND.format(now);
        all.put("x-amz-date", second);
        all.put("x-amz-content-sha256", request.body());
        if (!keys.session().isEmpty()) {
            all.put("x-amz-security-token", keys.session());
        }
        if (!keys.access().isEmpty()) {
            all.put("authorization", authorization(request, all, second));
        }
        all.remove("host");
        return all;
    }

    /// The four steps of that page: canonical request, string to sign, signing key, signature.
    private String authorization(Request request, TreeMap<String, String> headers, String second) {
        String scope = second.substring(0, 8) + "/" + region + "/s3/aws4_request";
        String names = String.join(";", headers.keySet());
        StringBuilder lines = new StringBuilder();
        headers.forEach((name, value) -> lines.append(name).append(':').append(value.strip()).append('\n'));
        String canonical = request.method() + "\n" + request.path() + "\n" + query(request.query()) + "\n" + lines
                + "\n" + names + "\n" + request.body();
        String text = METHOD + "\n" + second + "\n" + scope + "\n" + sha256(canonical);
        byte[] key = ("AWS4" + keys.secret()).getBytes(StandardCharsets.UTF_8);
        for (String step : new String[] {second.substring(0, 8), region, "s3", "aws4_request", text}) {
            key = hmac(key, step);
        }
        return METHOD + " Credential=" + keys.access() + "/" + scope + ", SignedHeaders=" + names + ", Signature="
                + HexFormat.of().formatHex(key);
    }

    /// The query as it is signed and sent.
    static String query(Map<String, String> query) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(query).forEach((name, value) -> text.append(text.isEmpty() ? "" : "&")
                .append(encoded(name, false)).append('=').append(encoded(value, false)));
        return text.toString();
    }

    /// Percent-encoded as S3 wants it; `path` keeps slashes.
    static String encoded(String text, boolean path) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                    || "-_.~".indexOf(c) >= 0 || path && c == '/';
            out.append(plain ? String.valueOf(c) : "%" + HexFormat.of().withUpperCase().toHexDigits(b));
        }
        return out.toString();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
