package io.k3j.scheduler;

import io.k3j.apimachinery.Quantity;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulerconfig.PluginArguments.Fit;
import io.k3j.schedulerconfig.PluginArguments.Point;
import io.k3j.schedulerconfig.PluginArguments.ResourceSpec;
import io.k3j.schedulerconfig.PluginArguments.Strategy;
import java.util.List;

/// Scores of nodes by what is requested of their resources, as upstream's `NodeResourcesFit` and
/// `NodeResourcesBalancedAllocation`, from 0 to 100:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing/>. Pure.
final class ResourceScores {
    private static final long MOST = 100;
    /// A shape counts to ten.
    private static final long SHAPE = 10;

    private ResourceScores() {
    }

    /// By the strategy of the profile; a container without requests counts as a small one.
    static double fit(Fit arguments, PodInfo pod, NodeState node) {
        boolean shaped = arguments.strategy() == Strategy.REQUESTED_TO_CAPACITY_RATIO;
        long sum = 0;
        long weights = 0;
        for (ResourceSpec resource : arguments.resources()) {
            String name = resource.name();
            long all = node.allocatable().amount(name);
            long wanted = pod.nonZero().amount(name);
            if (all == 0 || wanted == 0 && extended(name)) {
                continue;
            }
            long used = Quantity.sum(node.nonZero().amount(name), wanted);
            long score = switch (arguments.strategy()) {
                case LEAST_ALLOCATED -> used > all ? 0 : percent(all - used, all);
                case MOST_ALLOCATED -> percent(Math.min(used, all), all);
                case REQUESTED_TO_CAPACITY_RATIO -> shaped(arguments.shape(), used > all ? MOST : percent(used, all));
            };
            // of a shape, what is worth nothing does not count at all, as upstream
            if (score > 0 || !shaped) {
                sum += score * resource.weight();
                weights += resource.weight();
            }
        }
        return weights == 0 ? 0 : shaped ? Math.round((double) sum / weights) : Math.floorDiv(sum, weights);
    }

    private static boolean extended(String name) {
        return !name.equals("cpu") && !name.equals("memory") && !name.equals("ephemeral-storage");
    }

    /// Without an overflow: amounts may be as large as a long.
    private static long percent(long part, long all) {
        return (long) Math.clamp(Math.floor((double) part * MOST / all), 0, MOST);
    }

    /// The value of a broken line at a utilization.
    private static long shaped(List<Point> shape, long utilization) {
        Point before = shape.getFirst();
        for (Point point : shape) {
            if (utilization <= point.utilization()) {
                long rise = SHAPE * (point.score() - before.score());
                long width = point.utilization() - before.utilization();
                return SHAPE * before.score()
                        + (width == 0 ? 0 : rise * (utilization - before.utilization()) / width);
            }
            before = point;
        }
        return SHAPE * before.score();
    }

    /// How alike the shares of the resources are that are requested of a node.
    static double balanced(List<ResourceSpec> resources, PodInfo pod, NodeState node) {
        double[] shares = new double[resources.size()];
        int count = 0;
        for (ResourceSpec resource : resources) {
            String name = resource.name();
            long all = node.allocatable().amount(name);
            long wanted = pod.requests().amount(name);
            if (all > 0 && (wanted > 0 || !extended(name))) {
                shares[count++] = Math.min(1, (double) Quantity.sum(node.requested().amount(name), wanted) / all);
            }
        }
        return (1 - deviation(shares, count)) * MOST;
    }

    private static double deviation(double[] shares, int count) {
        if (count < 2) {
            return 0;
        }
        if (count == 2) {
            return Math.abs(shares[0] - shares[1]) / 2;
        }
        double mean = 0;
        for (int i = 0; i < count; i++) {
            mean += shares[i] / count;
        }
        double squares = 0;
        for (int i = 0; i < count; i++) {
            squares += (shares[i] - mean) * (shares[i] - mean);
        }
        return Math.sqrt(squares / count);
    }
}
