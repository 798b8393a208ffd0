package io.k3j.apiaccess;

import io.k3j.apirequests.ExtraKeys;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads whom a request wants to act as (`Impersonate-User`, `-Uid`, `-Group`, `-Extra-…`). Pure.
final class ImpersonationHeaders {
    private static final String ANY = "impersonate-";
    private static final String USER = "impersonate-user";
    private static final String UID = "impersonate-uid";
    private static final String GROUP = "impersonate-group";
    private static final String EXTRA = "impersonate-extra-";

    private ImpersonationHeaders() {
    }

    /// The user as he is written there, without the groups that follow from his name; empty when nobody is wanted.
    /// @throws ApiFault 400 for other headers without `Impersonate-User`: nobody must act as himself by mistake
    static Optional<Caller> wanted(Request request) {
        if (!request.exchange().hasHeader(ANY)) {
            return Optional.empty();
        }
        Map<String, List<String>> headers = request.exchange().headers();
        String user = first(headers, USER);
        if (user.isEmpty()) {
            requireNone(headers);
            return Optional.empty();
        }
        Map<String, List<String>> extra = new LinkedHashMap<>();
        headers.forEach((name, values) -> {
            if (name.startsWith(EXTRA)) {
                extra.computeIfAbsent(ExtraKeys.read(name.substring(EXTRA.length())), k -> new ArrayList<>())
                        .addAll(texts(values));
            }
        });
        return Optional.of(
                new Caller(user, first(headers, UID), texts(headers.getOrDefault(GROUP, List.of())), extra));
    }

    private static String first(Map<String, List<String>> headers, String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : text(values.getFirst());
    }

    private static List<String> texts(List<String> values) {
        return values.stream().map(ImpersonationHeaders::text).toList();
    }

    /// The edge has read each byte as a character; names are UTF-8.
    private static String text(String value) {
        return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static void requireNone(Map<String, List<String>> headers) {
        for (String name : headers.keySet()) {
            if (name.equals(GROUP) || name.equals(UID) || name.startsWith(EXTRA)) {
                throw ApiFault.badRequest("requested header " + name + " without impersonating a user name: set"
                        + " Impersonate-User");
            }
        }
    }
}
