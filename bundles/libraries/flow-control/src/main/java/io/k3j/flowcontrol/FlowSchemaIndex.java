package io.k3j.flowcontrol;

import io.k3j.apiserverapi.Caller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds the flow schema of a request among all, by its subjects: only rules about everybody, its user, one of its
/// groups or the service accounts of its namespace are compared, however many others there are. Rules are known by
/// their places in the order in which they are tried. Immutable; finding allocates nothing.
final class FlowSchemaIndex {
    private static final int[] NONE = {};
    private final List<RequestFlow.Match> matches = new ArrayList<>();
    private final List<PolicyRulesWithSubjects> rules = new ArrayList<>();
    private final RequestFlow.Match last;
    private final int[] everybody;
    private final Map<String, int[]> users;
    private final Map<String, int[]> groups;
    private final String[] prefixes;
    private final int[][] accounts;

    /// @param inOrder as they are tried; the last one takes what no other does
    FlowSchemaIndex(List<RequestFlow.Match> inOrder) {
        this.last = inOrder.getLast();
        for (RequestFlow.Match each : inOrder) {
            for (PolicyRulesWithSubjects rule : each.schema().rules()) {
                matches.add(each);
                rules.add(rule);
            }
        }
        List<Integer> all = new ArrayList<>();
        Map<String, List<Integer>> byUser = new HashMap<>();
        Map<String, List<Integer>> byGroup = new HashMap<>();
        SortedMap<String, List<Integer>> byPrefix = new TreeMap<>();
        for (int i = 0; i < rules.size(); i++) {
            PolicyRulesWithSubjects.Subjects of = rules.get(i).subjects();
            if (of.everybody()) {
                all.add(i);
            }
            mark(byUser, of.users(), i);
            mark(byGroup, of.groups(), i);
            mark(byPrefix, of.accounts(), i);
        }
        this.everybody = places(all);
        this.users = places(byUser);
        this.groups = places(byGroup);
        this.prefixes = byPrefix.keySet().toArray(String[]::new);
        this.accounts = byPrefix.values().stream().map(FlowSchemaIndex::places).toArray(int[][]::new);
    }

    private static void mark(Map<String, List<Integer>> index, Collection<String> names, int rule) {
        names.forEach(n -> index.computeIfAbsent(n, x -> new ArrayList<>()).add(rule));
    }

    private static int[] places(List<Integer> rules) {
        return rules.stream().mapToInt(Integer::intValue).toArray();
    }

    private static Map<String, int[]> places(Map<String, List<Integer>> index) {
        Map<String, int[]> all = new HashMap<>();
        index.forEach((name, rules) -> all.put(name, places(rules)));
        return all;
    }

    /// The first schema one of whose rules matches.
    RequestFlow.Match find(RequestDigest request) {
        Caller caller = request.caller();
        int first = first(everybody, request, rules.size());
        first = first(users.get(caller.user()), request, first);
        first = first(accounts(caller.user()), request, first);
        for (int i = 0; i < caller.groups().size(); i++) {
            first = first(groups.get(caller.groups().get(i)), request, first);
        }
        return first == rules.size() ? last : matches.get(first);
    }

    /// The first place whose rule matches, of those before another one; else that one.
    private int first(int @Nullable [] places, RequestDigest request, int before) {
        for (int place : places == null ? NONE : places) {
            if (place >= before) {
                break;
            }
            if (rules.get(place).matches(request)) {
                return place;
            }
        }
        return before;
    }

    /// A prefix ends with the only colon behind it, so no other one stands between it and what begins with it.
    private int @Nullable [] accounts(String user) {
        int found = Arrays.binarySearch(prefixes, user);
        int below = found < 0 ? -found - 2 : found;
        return below >= 0 && user.startsWith(prefixes[below]) ? accounts[below] : null;
    }
}
