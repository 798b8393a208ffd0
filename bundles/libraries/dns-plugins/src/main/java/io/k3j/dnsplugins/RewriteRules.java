package io.k3j.dnsplugins;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.k3j.dnsmessage.DomainNames;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import io.k3j.dnsplugins.Rewrite.Change;
import io.k3j.dnsplugins.Rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads the rules of `rewrite`: `name` (exact, prefix, suffix, substring, regex) with `answer auto`, `answer name`
/// and `answer value`, `type`, and `ttl`. Names are matched as CoreDNS does, in lower case and with a dot at their
/// end.
///
/// | written | the question becomes | records on their way back |
/// |---|---|---|
/// | `name exact A B` | B | owner and target B are A again |
/// | `name suffix A B answer auto` | B in place of the end A | the end B is A again |
/// | `name regex R B answer name R2 C` | B with the groups of R | owners that match R2 are C |
/// | `type A B` | of type B | as they are |
/// | `ttl exact A 60-90` | as it is | times to live within 60 and 90 seconds |
///
/// A user's expressions are RE2: their time is linear in the length of a name, and their own length is bounded.
public final class RewriteRules {
    /// As in CoreDNS.
    private static final int LONGEST_REGEX = 10_000;
    private static final int MOST_GROUPS = 100;
    private final List<String> words;
    private int at;

    private RewriteRules(List<String> words) {
        this.words = words;
    }

    private record Made(boolean stops, Function<Ask, @Nullable Change> how) implements Rule {
        @Override
        public @Nullable Change apply(Ask ask) {
            return how.apply(ask);
        }
    }

    /// A rule from its words.
    /// @param words as a Corefile has them after `rewrite`
    /// @throws IllegalArgumentException when they are wrong
    /// @throws UnsupportedOperationException for a kind of rule that is not there
    public static Rule of(List<String> words) {
        RewriteRules reader = new RewriteRules(words);
        boolean stops = true;
        String kind = reader.word("a kind of rule").toLowerCase(Locale.ROOT);
        if (kind.equals("continue") || kind.equals("stop")) {
            stops = kind.equals("stop");
            kind = reader.word("a kind of rule").toLowerCase(Locale.ROOT);
        }
        return new Made(stops, switch (kind) {
            case "name" -> reader.name();
            case "type" -> reader.type();
            case "ttl" -> reader.ttl();
            case "answer" -> throw new IllegalArgumentException("an answer rule has to follow a name rule");
            default -> throw new UnsupportedOperationException("rewrite " + kind);
        });
    }

    /// The next word.
    /// @param what for the message when there is none
    private String word(String what) {
        if (at >= words.size()) {
            throw new IllegalArgumentException(what + " is missing");
        }
        return words.get(at++);
    }

    private void end() {
        if (at < words.size()) {
            throw new IllegalArgumentException("unexpected " + words.get(at));
        }
    }

    /// `type FROM TO`: the records stay of the new type.
    private Function<Ask, @Nullable Change> type() {
        int from = RecordType.number(word("the type"));
        int to = RecordType.number(word("the new type"));
        end();
        return ask -> ask.type() == from ? new Change(ask.with(ask.name(), to), List.of()) : null;
    }

    /// `ttl [HOW] NAME SECONDS`, or a range of seconds whose ends may be open.
    private Function<Ask, @Nullable Change> ttl() {
        boolean two = words.size() - at == 2;
        UnaryOperator<@Nullable String> match = match(two ? "exact" : word("how to match"), word("a name"), "");
        String[] range = word("the seconds").split("-", 2);
        end();
        long least = range[0].isEmpty() ? 0 : Long.parseLong(range[0]);
        long most = range.length < 2 ? least : range[1].isEmpty() ? Integer.MAX_VALUE : Long.parseLong(range[1]);
        if (least < 0 || most < least || most > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no such range of seconds: " + String.join("-", range));
        }
        return ask -> match.apply(dotted(ask.name())) == null ? null
                : new Change(ask, List.of(r -> r.withTtl(Math.clamp(r.ttl(), least, most))));
    }

    /// `name [HOW] FROM TO` with its answer rules. An exact rule is always taken back, the others with `answer auto`.
    private Function<Ask, @Nullable Change> name() {
        boolean two = words.size() - at == 2;
        String how = two ? "exact" : word("how to match").toLowerCase(Locale.ROOT);
        String from = word("a name");
        String to = DomainNames.lower(word("the new name"));
        UnaryOperator<@Nullable String> match = match(how, from, to);
        boolean exact = how.equals("exact");
        Answers answers = answers();
        String suffixFrom = dotted(DomainNames.lower(from));
        String suffixTo = dotted(to);
        return ask -> {
            String now = dotted(ask.name());
            String other = match.apply(now);
            if (other == null) {
                return null;
            }
            List<UnaryOperator<ResourceRecord>> back = new ArrayList<>();
            if (how.equals("suffix") && answers.auto) {
                back.add(both(n -> n.endsWith(suffixTo)
                        ? n.substring(0, n.length() - suffixTo.length()) + suffixFrom : n));
            } else if (exact || answers.auto) {
                back.add(both(n -> remapped(n, dotted(other), now)));
            }
            back.addAll(answers.rules);
            return new Change(ask.with(DomainNames.normal(other), ask.type()), back);
        };
    }

    /// What a name becomes; null when it does not match.
    private static UnaryOperator<@Nullable String> match(String how, String written, String to) {
        String from = DomainNames.lower(written);
        return switch (how) {
            case "exact" -> name -> dotted(from).equals(name) ? dotted(to) : null;
            case "prefix" -> name -> name != null && name.startsWith(dotted(from))
                    ? dotted(to) + name.substring(dotted(from).length()) : null;
            case "suffix" -> name -> name != null && name.endsWith(dotted(from))
                    ? name.substring(0, name.length() - dotted(from).length()) + dotted(to) : null;
            case "substring" -> name -> name != null && name.contains(dotted(from))
                    ? name.replace(dotted(from), dotted(to)) : null;
            case "regex" -> regex(written, to);
            default -> throw new IllegalArgumentException(
                    "name rules match exact, prefix, suffix, substring or regex, not " + how);
        };
    }

    /// Every group is put in place of its number; groups that took no part leave nothing.
    private static UnaryOperator<@Nullable String> regex(String from, String to) {
        Pattern pattern = compiled(from);
        if (groups(to) > pattern.groupCount()) {
            throw new IllegalArgumentException(to + " uses more groups than " + from + " has");
        }
        return name -> {
            Matcher m = pattern.matcher(name == null ? "" : name);
            if (!m.find()) {
                return null;
            }
            String all = to;
            for (int i = 0; i <= m.groupCount(); i++) {
                String group = m.group(i);
                all = all.replace("{" + i + "}", group == null ? "" : group);
            }
            return all;
        };
    }

    /// A regular expression of a user, for RE2, which takes linear time.
    /// @param regex as a user wrote it, 10000 characters at most
    /// @throws IllegalArgumentException when it is none or too long
    public static Pattern compiled(String regex) {
        if (regex.length() > LONGEST_REGEX) {
            throw new IllegalArgumentException("a regular expression beyond " + LONGEST_REGEX + " characters");
        }
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("no regular expression: " + regex + ": " + e.getDescription(), e);
        }
    }

    /// How many groups a replacement names.
    private static int groups(String to) {
        int used = 0;
        for (int i = 1; i <= MOST_GROUPS; i++) {
            used = to.contains("{" + i + "}") ? used + 1 : used;
        }
        return used;
    }

    /// What stands behind a name rule: how records are changed on their way back.
    private static final class Answers {
        private final List<UnaryOperator<ResourceRecord>> rules = new ArrayList<>();
        private boolean auto;
    }

    /// Reads answer rules up to the end of the words; one `answer` may begin several.
    private Answers answers() {
        Answers all = new Answers();
        boolean names = false;
        boolean first = true;
        while (at < words.size()) {
            String word = word("answer");
            if (!word.equals("answer") && first) {
                throw new IllegalArgumentException("unexpected " + word);
            }
            first = false;
            String kind = word.equals("answer") ? word("auto, name or value") : word;
            if (kind.equals("auto")) {
                all.auto = true;
                continue;
            }
            if (!kind.equals("name") && !kind.equals("value")) {
                throw new IllegalArgumentException("answer rules are auto, name or value, not " + kind);
            }
            names |= kind.equals("name");
            UnaryOperator<@Nullable String> match = regex(word("a regular expression"),
                    DomainNames.lower(word("a name")));
            UnaryOperator<String> change = n -> {
                String other = match.apply(n);
                return other == null ? n : other;
            };
            all.rules.add(kind.equals("name") ? owner(change) : value(change));
        }
        if (all.auto && names) {
            throw new IllegalArgumentException("answer auto and answer name exclude each other");
        }
        return all;
    }

    /// Owner and target.
    private static UnaryOperator<ResourceRecord> both(UnaryOperator<String> change) {
        UnaryOperator<ResourceRecord> owner = owner(change);
        UnaryOperator<ResourceRecord> value = value(change);
        return r -> value.apply(owner.apply(r));
    }

    /// The name a record belongs to.
    private static UnaryOperator<ResourceRecord> owner(UnaryOperator<String> change) {
        return r -> r.withName(DomainNames.normal(change.apply(dotted(r.name()))));
    }

    /// The name in its data, if it has one; other data stays.
    private static UnaryOperator<ResourceRecord> value(UnaryOperator<String> change) {
        return r -> r.target().map(t -> {
            String other = DomainNames.normal(change.apply(dotted(t)));
            return other.equals(t) ? r : r.withTarget(other);
        }).orElse(r);
    }

    /// `from` and names below it, as `to`.
    private static String remapped(String name, String from, String to) {
        return name.equals(from) ? to
                : name.endsWith("." + from) ? name.substring(0, name.length() - from.length()) + to : name;
    }

    /// With the dot at its end, which rules of suffixes and expressions may look at.
    private static String dotted(String name) {
        return name.endsWith(".") ? name : name + ".";
    }
}
