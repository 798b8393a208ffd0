package io.k3j.cel;

import static dev.cel.common.types.SimpleType.STRING;
import static io.k3j.celvalues.Opaques.FORMAT;

import com.google.re2j.Pattern;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import io.k3j.apimachinery.Names;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.GoUrl;
import io.k3j.celvalues.Opaque;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// Upstream's named formats.
final class NamedFormats {
    private static final Pattern UUID = Pattern
            .compile("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$");
    private static final int DATE_TIME_REGEX = 126;
    private static final Map<String, Format> ALL = all();

    private NamedFormats() {
    }

    /// A format.
    ///
    /// @param check what is wrong with a text; empty when nothing is
    /// @param regexSize how long upstream takes its regular expression to be, for costs
    record Format(String name, Function<String, List<String>> check, int regexSize) implements Opaque {
        @Override
        public OpaqueType type() {
            return FORMAT;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Format f && name.equals(f.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    private static Map<String, Format> all() {
        Map<String, Format> all = new LinkedHashMap<>();
        all.put("dns1123Label", new Format("DNS1123Label", Names::label, 30));
        all.put("dns1123Subdomain", new Format("DNS1123Subdomain", Names::subdomain, 60));
        all.put("dns1035Label", new Format("DNS1035Label", Names::label1035, 30));
        all.put("qualifiedName", new Format("QualifiedName", Names::qualified, 60));
        all.put("dns1123LabelPrefix", new Format("DNS1123LabelPrefix", s -> Names.label(Names.completed(s)), 30));
        all.put("dns1123SubdomainPrefix",
                new Format("DNS1123SubdomainPrefix", s -> Names.subdomain(Names.completed(s)), 60));
        all.put("dns1035LabelPrefix", new Format("DNS1035LabelPrefix", s -> Names.label1035(Names.completed(s)), 30));
        all.put("labelValue", new Format("LabelValue", Names::labelValue, 40));
        all.put("uri", new Format("URI", NamedFormats::uri, 1103));
        all.put("uuid", when("uuid", s -> UUID.matcher(s).find(), "does not match the UUID format", 83));
        all.put("byte", when("byte", NamedFormats::base64, "invalid base64", 84));
        all.put("date", when("date", s -> parses(() -> LocalDate.parse(s)), "invalid date", DATE_TIME_REGEX));
        all.put("datetime",
                when("datetime", s -> parses(() -> OffsetDateTime.parse(s)), "invalid datetime", DATE_TIME_REGEX));
        return all;
    }

    private static Format when(String name, Predicate<String> valid, String otherwise, int regexSize) {
        return new Format(name, s -> valid.test(s) ? List.of() : List.of(otherwise), regexSize);
    }

    private static List<String> uri(String text) {
        try {
            GoUrl.parse(text);
            return List.of();
        } catch (EvalFailure e) {
            return List.of(e.text());
        }
    }

    private static boolean base64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return !text.isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean parses(Runnable parse) {
        try {
            parse.run();
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    static void enter(Functions f) {
        f.member("validate", "format-validate", OptionalType.create(ListType.create(STRING)), (_, a) -> {
            if (!(a[0] instanceof Format format)) {
                throw EvalFailure.noSuchOverload();
            }
            List<String> wrong = format.check().apply((String) a[1]);
            return wrong.isEmpty() ? Optional.empty() : Optional.of(wrong);
        }, FORMAT, STRING);
        f.global("format.named", "format-named", OptionalType.create(FORMAT),
                (_, a) -> Optional.ofNullable(ALL.get((String) a[0])), STRING);
        ALL.forEach((name, format) -> f.global("format." + name, "format." + name, FORMAT, (_, _) -> format));
    }
}
