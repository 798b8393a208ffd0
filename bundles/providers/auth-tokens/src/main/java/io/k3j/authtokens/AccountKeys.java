package io.k3j.authtokens;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The keys of service account tokens: `service.current.key` signs, all keys of `service.key` verify, unless arguments
/// name other files. Loaded once, as in K3s: a rotation takes effect at the next start. Immutable.
@Component(service = AccountKeys.class, configurationPid = "io.k3j.authtokens",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.service-key-ready)")
public final class AccountKeys {
    private final KeyPair signing;
    private final List<PublicKey> verifying;
    private final TokenOptions options;
    private final Path tls;

    /// Loads both files.
    /// @throws IllegalStateException naming the unusable file
    /// @throws IllegalArgumentException for a wrong argument; the message says what to type
    @Activate
    public AccountKeys(TokenSettings settings) {
        this(Path.of(settings.dataDir(), "server", "tls"), TokenOptions.of(settings.clusterDomain(),
                "https://" + literal(settings.advertiseAddress()) + ":" + settings.httpsListenPort(),
                settings.kubeApiserverArg()));
    }

    /// As a URL has it: an IPv6 address in brackets.
    private static String literal(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    AccountKeys(Path tls, TokenOptions options) {
        this.options = options;
        this.tls = tls;
        try {
            String own = PemFiles.read(tls.resolve("service.key")).orElse("");
            this.verifying = options.verifying().isEmpty() ? publicKeys(own) : publicKeys(options.verifying());
            this.signing = options.signing().isPresent() ? signing(options.signing().get())
                    : signing(tls.resolve("service.current.key"), own);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("reading service account keys: " + e.getMessage(), e);
        }
    }

    private static KeyPair signing(Path current, String all) throws IOException {
        return PemFiles.key(current).or(() -> first(all)).flatMap(LoadedKey::pair).filter(AccountKeys::signs)
                .orElseThrow(() -> new IllegalStateException("no service account key in " + current
                        + "; remove it and restart to make a new one"));
    }

    private static KeyPair signing(Path given) throws IOException {
        return PemFiles.key(given).flatMap(LoadedKey::pair).filter(AccountKeys::signs)
                .orElseThrow(() -> new IllegalStateException(
                        "no private key of RSA, P-256, P-384 or P-521 with its public half in " + given
                                + " of --kube-apiserver-arg=service-account-signing-key-file; write one there, or leave"
                                + " the argument out"));
    }

    private static boolean signs(KeyPair pair) {
        return SigningAlgorithm.of(pair.getPublic()).isPresent();
    }

    private static List<PublicKey> publicKeys(List<Path> files) throws IOException {
        List<PublicKey> keys = new ArrayList<>();
        for (Path file : files) {
            keys.addAll(publicKeys(file));
        }
        return keys;
    }

    private static List<PublicKey> publicKeys(Path file) throws IOException {
        String why = "";
        try {
            List<PublicKey> keys = publicKeys(PemFiles.read(file).orElse(""));
            if (!keys.isEmpty()) {
                return keys;
            }
        } catch (IllegalArgumentException damaged) {
            why = " (" + damaged.getMessage() + ")";
        }
        throw new IllegalStateException("no key in " + file + why + " of --kube-apiserver-arg="
                + "service-account-key-file; write one of RSA, P-256, P-384 or P-521 there, or leave the argument out");
    }

    private static Optional<LoadedKey> first(String text) {
        return Pem.keys(text).stream().findFirst();
    }

    /// Those of private keys and of certificates among them, as upstream's.
    private static List<PublicKey> publicKeys(String text) {
        List<PublicKey> keys = new ArrayList<>(Pem.publicKeys(text));
        Pem.keys(text).forEach(k -> k.pair().ifPresent(p -> keys.add(p.getPublic())));
        Pem.certificates(text).forEach(c -> keys.add(c.getPublicKey()));
        keys.removeIf(key -> SigningAlgorithm.of(key).isEmpty());
        return keys;
    }

    /// The file of the CA certificate with which clients verify the API server.
    Path authority() {
        return tls.resolve("server-ca.crt");
    }

    /// What arguments say of tokens.
    TokenOptions options() {
        return options;
    }

    /// The issuer of the tokens.
    String issuer() {
        return options.issuers().first();
    }

    /// Whether tokens of an issuer are this cluster's.
    boolean issues(String issuer) {
        return options.issuers().issuers().contains(issuer);
    }

    /// The audiences of a token request that names none.
    List<String> audiences() {
        return options.issuers().audiences();
    }

    /// A signed token with these claims.
    String sign(Struct claims) {
        return Jwt.sign(claims, signing);
    }

    /// Whether one of these keys has signed the token.
    boolean signed(Jwt token) {
        String kid = token.header().text("kid");
        for (PublicKey key : keys()) {
            if ((kid.isEmpty() || kid.equals(Jwt.id(key))) && token.signedBy(key)) {
                return true;
            }
        }
        return false;
    }

    private List<PublicKey> keys() {
        if (verifying.contains(signing.getPublic())) {
            return verifying;
        }
        List<PublicKey> all = new ArrayList<>(verifying);
        all.add(signing.getPublic());
        return all;
    }

    /// The document at `/openid/v1/jwks` (RFC 7517).
    byte[] keySet() {
        return Json.bytes(Struct.of("keys", keys().stream().map(AccountKeys::jwk).toList()));
    }

    /// The document at `/.well-known/openid-configuration`.
    byte[] configuration() {
        return Json.bytes(Struct.of("issuer", issuer(), "jwks_uri", options.keySet(),
                "response_types_supported", List.of("id_token"), "subject_types_supported", List.of("public"),
                "id_token_signing_alg_values_supported",
                keys().stream().map(key -> algorithm(key).name()).distinct().sorted().toList()));
    }

    /// Others are not among the keys.
    private static SigningAlgorithm algorithm(PublicKey key) {
        return SigningAlgorithm.of(key).orElseThrow();
    }

    private static Struct jwk(PublicKey key) {
        Struct.Builder b = Struct.builder().put("use", "sig");
        SigningAlgorithm algorithm = algorithm(key);
        if (key instanceof RSAPublicKey rsa) {
            b.put("kty", "RSA").put("kid", Jwt.id(key)).put("alg", algorithm.name());
            b.put("n", base64Url(rsa.getModulus(), 0)).put("e", base64Url(rsa.getPublicExponent(), 0));
        } else if (key instanceof ECPublicKey ec) {
            b.put("kty", "EC").put("kid", Jwt.id(key)).put("crv", algorithm.curve()).put("alg", algorithm.name());
            b.put("x", base64Url(ec.getW().getAffineX(), algorithm.coordinate())).put("y",
                    base64Url(ec.getW().getAffineY(), algorithm.coordinate()));
        }
        return b.build();
    }

    private static String base64Url(BigInteger value, int length) {
        byte[] raw = value.toByteArray();
        int from = raw.length > 1 && raw[0] == 0 ? 1 : 0;
        byte[] fixed = new byte[Math.max(length, raw.length - from)];
        System.arraycopy(raw, from, fixed, fixed.length - (raw.length - from), raw.length - from);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(fixed);
    }
}
