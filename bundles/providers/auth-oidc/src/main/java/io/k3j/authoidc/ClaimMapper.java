package io.k3j.authoidc;

import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Caller;
import io.k3j.authoidc.JwtConfiguration.ClaimRule;
import io.k3j.authoidc.JwtConfiguration.Extra;
import io.k3j.authoidc.JwtConfiguration.Mapping;
import io.k3j.authoidc.JwtConfiguration.UserRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who a token stands for, by what the configuration says of its issuer's claims; whatever cannot be said, or breaks a
/// rule, makes it stand for nobody. Messages are upstream's. Immutable; any thread.
final class ClaimMapper {
    private static final String CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";
    private final JwtConfiguration jwt;
    private final Map<String, Expression> claims;
    private final Map<String, Expression> users;

    /// @param compiler has found no problem in the configuration
    ClaimMapper(JwtConfiguration jwt, ClaimExpressions compiler) {
        this.jwt = jwt;
        List<String> ofClaims = new ArrayList<>(List.of(jwt.username().expression(), jwt.groups().expression(),
                jwt.uid().expression()));
        jwt.extra().forEach(e -> ofClaims.add(e.valueExpression()));
        jwt.claimRules().forEach(r -> ofClaims.add(r.expression()));
        this.claims = ofClaims.stream().filter(e -> !e.isEmpty()).distinct()
                .collect(Collectors.toMap(e -> e, e -> Expression.of(compiler.claims(e, false))));
        this.users = jwt.userRules().stream().map(UserRule::expression)
                .collect(Collectors.toMap(e -> e, e -> Expression.of(compiler.user(e))));
    }

    /// The user of a verified token.
    /// @throws BadCredential when there is none
    Caller caller(Claims token) throws BadCredential {
        Evaluation values = new Evaluation(token.tree());
        String name = username(token, values);
        List<String> groups = groups(token, values);
        String uid = uid(token, values);
        Caller caller = new Caller(name, uid, groups, extra(token, values));
        requiredClaims(token);
        claimRules(values);
        userRules(caller, values);
        return caller;
    }

    private static BadCredential bad(String why) {
        return new BadCredential("oidc: " + why);
    }

    private Expression claim(String expression) {
        Expression known = claims.get(expression);
        if (known == null) {
            throw new IllegalStateException("not compiled");
        }
        return known;
    }

    private String username(Claims token, Evaluation values) throws BadCredential {
        String expression = jwt.username().expression();
        if (!expression.isEmpty()) {
            String name = text(expression, values, "username");
            if (name.isEmpty()) {
                throw bad("empty username via CEL expression is not allowed");
            }
            return name;
        }
        String claim = jwt.username().claim();
        String name = textClaim(token, claim, "username claims");
        if (name.isEmpty()) {
            throw bad("parse username claims " + Quoted.text(claim) + ": claim is empty");
        }
        if (claim.equals("email")) {
            verifiedEmail(token);
        }
        return prefixed(jwt.username(), name);
    }

    private static void verifiedEmail(Claims token) throws BadCredential {
        try {
            if (token.has("email_verified") && !token.flag("email_verified")) {
                throw bad("email not verified");
            }
        } catch (Claims.Unreadable e) {
            throw bad("parse 'email_verified' claim: " + e.getMessage());
        }
    }

    private static String textClaim(Claims token, String claim, String what) throws BadCredential {
        try {
            return token.text(claim);
        } catch (Claims.Unreadable e) {
            throw bad("parse " + what + " " + Quoted.text(claim) + ": " + e.getMessage());
        }
    }

    private static String prefixed(Mapping mapping, String text) {
        return mapping.prefix() == null ? text : mapping.prefix() + text;
    }

    private List<String> groups(Claims token, Evaluation values) throws BadCredential {
        String claim = jwt.groups().claim();
        if (!claim.isEmpty()) {
            if (!token.has(claim)) {
                return List.of();
            }
            try {
                return token.texts(claim).stream().map(g -> prefixed(jwt.groups(), g)).toList();
            } catch (Claims.Unreadable e) {
                throw bad("parse groups claim " + Quoted.text(claim) + ": " + e.getMessage());
            }
        }
        String expression = jwt.groups().expression();
        return expression.isEmpty() ? List.of() : texts(expression, values, "error evaluating group claim expression");
    }

    private String uid(Claims token, Evaluation values) throws BadCredential {
        if (!jwt.uid().claim().isEmpty()) {
            return textClaim(token, jwt.uid().claim(), "uid claim");
        }
        String expression = jwt.uid().expression();
        return expression.isEmpty() ? "" : text(expression, values, "uid");
    }

    private String text(String expression, Evaluation values, String what) throws BadCredential {
        try {
            if (claim(expression).value(values.claims()).value() instanceof String text) {
                return text;
            }
        } catch (Expression.Failed e) {
            throw bad("error evaluating " + what + " claim expression: " + e.getMessage());
        }
        throw bad("error evaluating " + what + " claim expression: " + what + " claim expression must return a string");
    }

    private List<String> texts(String expression, Evaluation values, String what) throws BadCredential {
        try {
            return claim(expression).texts(values.claims());
        } catch (Expression.Failed e) {
            throw bad(what + ": " + e.getMessage());
        }
    }

    private Map<String, List<String>> extra(Claims token, Evaluation values) throws BadCredential {
        Map<String, List<String>> all = new LinkedHashMap<>();
        if (token.tree().get("jti") instanceof String jti && !jti.isEmpty()) {
            all.put(CREDENTIAL_ID, List.of("JTI=" + jti));
        }
        for (Extra extra : jwt.extra()) {
            List<String> found = texts(extra.valueExpression(), values,
                    "error evaluating extra claim expression: " + extra.valueExpression());
            if (!found.isEmpty()) {
                all.put(extra.key(), found);
            }
        }
        return Map.copyOf(all);
    }

    private void requiredClaims(Claims token) throws BadCredential {
        for (ClaimRule rule : jwt.claimRules()) {
            if (!rule.claim().isEmpty()) {
                requiredClaim(token, rule);
            }
        }
    }

    private static void requiredClaim(Claims token, ClaimRule rule) throws BadCredential {
        if (!token.has(rule.claim())) {
            throw bad("required claim " + rule.claim() + " not present in ID token");
        }
        String value;
        try {
            value = token.text(rule.claim());
        } catch (Claims.Unreadable e) {
            throw bad("parse claim " + rule.claim() + ": " + e.getMessage());
        }
        if (!value.equals(rule.requiredValue())) {
            throw bad("required claim " + rule.claim() + " value does not match. Got = " + value + ", want = "
                    + rule.requiredValue());
        }
    }

    private void claimRules(Evaluation values) throws BadCredential {
        for (ClaimRule rule : jwt.claimRules()) {
            if (!rule.expression().isEmpty()) {
                check(claim(rule.expression()), values.claims(), rule.message(),
                        "error evaluating claim validation expression: ");
            }
        }
    }

    private void userRules(Caller caller, Evaluation values) throws BadCredential {
        Evaluation.Variable user = values.user(caller);
        for (UserRule rule : jwt.userRules()) {
            check(users.get(rule.expression()), user, rule.message(), "error evaluating user info validation rule: ");
        }
    }

    private static void check(@Nullable Expression rule, Evaluation.Variable variable, String message, String what)
            throws BadCredential {
        if (rule == null) {
            throw new IllegalStateException("not compiled");
        }
        Object value;
        try {
            value = rule.value(variable).value();
        } catch (Expression.Failed e) {
            throw bad(what + e.getMessage());
        }
        if (!(value instanceof Boolean)) {
            throw bad(what + "validation expression must return a boolean");
        }
        if (!value.equals(Boolean.TRUE)) {
            throw bad(what + "validation expression '" + rule.text() + "' failed: " + message);
        }
    }
}
