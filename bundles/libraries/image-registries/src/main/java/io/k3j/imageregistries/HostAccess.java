package io.k3j.imageregistries;

import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/// What `configs` says of a host: login and TLS. Immutable; its text has no secret.
record HostAccess(Login login, Tls tls) {
    /// The fields of `auth`.
    static final Set<String> AUTH = Set.of("username", "password", "auth", "identitytoken", "identity_token");
    /// The fields of `tls`.
    static final Set<String> TLS = Set.of("ca_file", "cert_file", "key_file", "insecure_skip_verify");
    static final HostAccess NONE = new HostAccess(Login.NONE, Tls.NONE);

    /// Who this node is to a registry; empty parts are not given.
    record Login(String user, String password, String identityToken) {
        static final Login NONE = new Login("", "", "");

        boolean given() {
            return !user.isEmpty() || !identityToken.isEmpty();
        }

        /// The header of basic authentication.
        String basic() {
            return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(
                    StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return user.isEmpty() ? "an identity token" : "user \"" + user + "\"";
        }
    }

    /// Files of a host's TLS; empty where none is given.
    record Tls(String authority, String certificate, String key, boolean unverified) {
        static final Tls NONE = new Tls("", "", "", false);
    }

    /// @throws MalformedInput for an `auth` that nobody can read; it is not repeated
    static HostAccess of(Struct config) {
        return new HostAccess(login(YamlFields.mapping(config, "auth")), tls(YamlFields.mapping(config, "tls")));
    }

    private static Tls tls(Struct tls) {
        Tls all = new Tls(YamlFields.text(tls, "ca_file"), YamlFields.text(tls, "cert_file"),
                YamlFields.text(tls, "key_file"), YamlFields.flag(tls, "insecure_skip_verify"));
        if (all.certificate().isEmpty() != all.key().isEmpty()) {
            throw new MalformedInput("tls has one of cert_file and key_file; it takes both");
        }
        return all;
    }

    private static Login login(Struct auth) {
        String user = YamlFields.text(auth, "username");
        String password = YamlFields.text(auth, "password");
        String token = YamlFields.text(auth, auth.has("identitytoken") ? "identitytoken" : "identity_token");
        String coded = YamlFields.text(auth, "auth");
        if (!user.isEmpty() || coded.isEmpty()) {
            return new Login(user, password, token);
        }
        try {
            String both = new String(Base64.getDecoder().decode(coded.replaceAll("\\s", "")),
                    StandardCharsets.UTF_8);
            int colon = both.indexOf(':');
            if (colon > 0) {
                return new Login(both.substring(0, colon), both.substring(colon + 1), token);
            }
        } catch (IllegalArgumentException notBase64) {
            // told below
        }
        throw new MalformedInput("auth is not the base64 of USER:PASSWORD; write username and password instead");
    }
}
