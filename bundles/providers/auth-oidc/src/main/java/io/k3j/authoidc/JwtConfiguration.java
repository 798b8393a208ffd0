package io.k3j.authoidc;

import io.k3j.model.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One `jwt` of an AuthenticationConfiguration: an issuer, and what its claims mean. Immutable; compared by value.
/// @param uid has no prefix
record JwtConfiguration(Issuer issuer, List<ClaimRule> claimRules, Mapping username, Mapping groups, Mapping uid,
        List<Extra> extra, List<UserRule> userRules) {
    /// Who issues tokens, and for whom.
    /// @param url as it stands in `iss`
    /// @param discoveryUrl empty: below the URL
    /// @param certificateAuthority PEM; empty: the authorities of this machine
    record Issuer(String url, String discoveryUrl, String certificateAuthority, List<String> audiences,
            String audienceMatchPolicy, String egressSelectorType) {
    }

    /// What must hold of the claims: one has a value, or an expression is true.
    record ClaimRule(String claim, String requiredValue, String expression, String message) {
    }

    /// What a part of the user is made of: a claim, or an expression.
    /// @param prefix null: none was given, which is another thing than an empty one
    record Mapping(String claim, @Nullable String prefix, String expression) {
        /// Of nothing.
        static final Mapping NONE = new Mapping("", null, "");
    }

    /// What an extra attribute is made of.
    record Extra(String key, String valueExpression) {
    }

    /// What must hold of the user.
    record UserRule(String expression, String message) {
    }

    /// As a file has it.
    static JwtConfiguration of(Struct jwt) {
        Struct issuer = jwt.struct("issuer");
        Struct mappings = jwt.struct("claimMappings");
        return new JwtConfiguration(
                new Issuer(issuer.text("url"), issuer.text("discoveryURL"), issuer.text("certificateAuthority"),
                        issuer.seq("audiences").texts(), issuer.text("audienceMatchPolicy"),
                        issuer.text("egressSelectorType")),
                jwt.seq("claimValidationRules").structs().stream()
                        .map(r -> new ClaimRule(r.text("claim"), r.text("requiredValue"), r.text("expression"),
                                r.text("message")))
                        .toList(),
                mapping(mappings.struct("username")), mapping(mappings.struct("groups")),
                mapping(mappings.struct("uid")),
                mappings.seq("extra").structs().stream().map(e -> new Extra(e.text("key"), e.text("valueExpression")))
                        .toList(),
                jwt.seq("userValidationRules").structs().stream()
                        .map(r -> new UserRule(r.text("expression"), r.text("message"))).toList());
    }

    private static Mapping mapping(Struct mapping) {
        return new Mapping(mapping.text("claim"), mapping.get("prefix") instanceof String prefix ? prefix : null,
                mapping.text("expression"));
    }
}
