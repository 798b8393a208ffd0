package io.k3j.kubeletserver;

import io.k3j.codec.Json;
import io.k3j.kubeletserver.KubeletServer.Refusal;
import io.k3j.model.Seq;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What is asked of the node's logs by parameters; upstream's `nodeLogQuery`, with its words. A value. See
/// <https://kubernetes.io/docs/concepts/cluster-administration/system-logs/#log-query>.
///
/// A pattern is not looked at here: whoever searches by it says what is wrong with it, and to build it only for a look
/// could cost more memory than a search does.
///
/// @param services names of units without `.service`
/// @param files names below the directory of logs: what has a slash
/// @param options which entries of services
record NodeLogQuery(List<String> services, List<String> files, Options options) {
    private static final int MOST_LINES = 100_000;
    private static final int MOST_SERVICES = 4;
    private static final int LONGEST_SERVICE = 256;
    /// Of a pattern; upstream knows no bound but that of a request.
    private static final int LONGEST_PATTERN = 1024;
    private static final String QUERY = "query";
    private static final int UNREADABLE = 400;
    private static final int UNACCEPTABLE = 406;

    /// Which entries.
    ///
    /// @param since none before it
    /// @param until none after it
    /// @param tailLines so many of the last ones
    /// @param boot 0 or less, counted from the last start of the machine
    /// @param pattern what a message has in it, empty for anything
    record Options(Optional<Instant> since, Optional<Instant> until, Optional<Integer> tailLines,
            Optional<Integer> boot, String pattern) {
        /// All of them.
        static final Options NONE = new Options(Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), "");
    }

    /// @return empty when nothing is asked: then the path alone counts
    /// @throws Refusal 400 for what cannot be read, 406 for what cannot be asked
    static Optional<NodeLogQuery> of(Parameters parameters) {
        List<String> problems = new ArrayList<>();
        List<String> files = new ArrayList<>();
        List<String> services = new ArrayList<>();
        for (String name : parameters.all(QUERY)) {
            if (name.contains("/") || name.contains("\\")) {
                files.add(name);
            } else if (!name.isBlank()) {
                services.add(name);
            }
        }
        if (!parameters.all(QUERY).isEmpty() && files.isEmpty() && services.isEmpty()) {
            problems.add(invalid(QUERY, Seq.copyOf(parameters.all(QUERY)), "query cannot be empty"));
        }
        Options options = new Options(read(parameters, "sinceTime", NodeLogQuery::time, problems),
                read(parameters, "untilTime", NodeLogQuery::time, problems),
                read(parameters, "tailLines", NodeLogQuery::whole, problems),
                read(parameters, "boot", NodeLogQuery::whole, problems), parameters.first("pattern"));
        refuse(UNREADABLE, problems);
        NodeLogQuery query = new NodeLogQuery(List.copyOf(services), List.copyOf(files), options);
        if (files.isEmpty() && services.isEmpty() && options.equals(Options.NONE)) {
            return Optional.empty();
        }
        query.check(problems);
        refuse(UNACCEPTABLE, problems);
        return Optional.of(query);
    }

    private static <T> Optional<T> read(Parameters parameters, String name, Function<String, T> reader,
            List<String> problems) {
        String text = parameters.first(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(text));
        } catch (DateTimeParseException e) {
            problems.add(invalid(name, text, "invalid time format"));
        } catch (NumberFormatException e) {
            problems.add(invalid(name, text, "strconv.Atoi: parsing " + Json.text(text) + ": invalid syntax"));
        }
        return Optional.empty();
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static Integer whole(String text) {
        return Integer.valueOf(text);
    }

    private void check(List<String> problems) {
        services.forEach(name -> service(name, problems));
        if (services.size() > MOST_SERVICES) {
            problems.add(QUERY + ": Too many: " + services.size() + ": must have at most " + MOST_SERVICES + " items");
        }
        if (files.isEmpty() && services.isEmpty()) {
            problems.add(QUERY + ": Required value: cannot be empty with options");
        } else if (!files.isEmpty() && !services.isEmpty()) {
            problems.add(invalid(QUERY, files + ", " + services, "cannot specify a file and service"));
        } else if (files.size() > 1) {
            problems.add(invalid(QUERY, Seq.copyOf(files), "cannot specify more than one file"));
        } else if (!files.isEmpty() && !options.equals(Options.NONE)) {
            problems.add(invalid(QUERY, Seq.copyOf(files), "cannot specify file with options"));
        }
        options.since().ifPresent(since -> options.until().filter(since::isAfter).ifPresent(
                until -> problems.add(invalid("untilTime", until.toString(), "must be after `sinceTime`"))));
        options.boot().filter(boot -> boot > 0)
                .ifPresent(boot -> problems.add(invalid("boot", boot, "must be less than 1")));
        options.tailLines().filter(lines -> lines < 0 || lines > MOST_LINES).ifPresent(lines -> problems
                .add(invalid("tailLines", lines, "must be between 0 and " + MOST_LINES + ", inclusive")));
        if (options.pattern().length() > LONGEST_PATTERN || options.pattern().indexOf('\0') >= 0) {
            problems.add("pattern: Invalid value: must have at most " + LONGEST_PATTERN
                    + " characters, and no NUL among them");
        }
    }

    /// The name of a unit becomes an argument: what could be read as anything else is refused.
    private static void service(String name, List<String> problems) {
        if (name.length() > LONGEST_SERVICE) {
            problems.add(invalid(QUERY, name, "length must be less than 100"));
        } else if (!name.chars().allMatch(NodeLogQuery::safe)) {
            problems.add(invalid(QUERY, name, "input contains unsupported characters"));
        }
    }

    private static boolean safe(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '@';
    }

    /// As upstream's `field.Invalid` is written.
    static String invalid(String field, Object value, String why) {
        return field + ": Invalid value: " + (value instanceof Number ? value.toString() : Json.text(value)) + ": "
                + why;
    }

    private static void refuse(int status, List<String> problems) {
        if (!problems.isEmpty()) {
            throw refusal(status, problems.size() == 1 ? problems.getFirst()
                    : "[" + String.join(", ", problems) + "]");
        }
    }

    private static Refusal refusal(int status, String message) {
        return new Refusal(status, message + "\n");
    }

    /// The refusal of a file that is not to be had.
    Refusal missing(String why) {
        return refusal(UNACCEPTABLE, invalid(QUERY, Seq.copyOf(files), why));
    }
}
