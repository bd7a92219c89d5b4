/*
 * Delays packets without netem: takes them from some NFQUEUEs, each with a delay of its own (a direction, a class of
 * connections), and gives each packet the verdict ACCEPT when its time has come.
 *
 * Standard input: "QUEUE MICROSECONDS\n" sets a queue's delay; each line is answered with "ok\n".
 * Build: cc -O2 -o delay delay.c (linux/netfilter/nfnetlink_queue.h is the whole protocol; no library is needed)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { QUEUES = 4, HELD = 1 << 16, MESSAGE = 1 << 16 };

/* Packets of one queue wait in order of arrival. A delay that shrinks never reorders: FIFO, as on a wire. */
struct line {
    uint64_t delay_ns;
    uint64_t due[HELD];
    uint32_t id[HELD];
    uint32_t head, tail;
};
static struct line lines[QUEUES];
static int netlink;

static void die(const char *what) {
    fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* One nfnetlink message with one attribute to one queue. */
static void send_attribute(uint16_t type, uint16_t queue, uint16_t attribute, const void *value, uint16_t length) {
    struct {
        struct nlmsghdr nl;
        struct nfgenmsg nf;
        char body[64];
    } message;
    memset(&message, 0, sizeof message);
    struct nlattr *at = (struct nlattr *)message.body;
    at->nla_type = attribute;
    at->nla_len = (uint16_t)(NLA_HDRLEN + length);
    memcpy(message.body + NLA_HDRLEN, value, length);
    message.nl.nlmsg_len = (uint32_t)(NLMSG_LENGTH(sizeof(struct nfgenmsg)) + NLA_ALIGN(at->nla_len));
    message.nl.nlmsg_type = (uint16_t)(NFNL_SUBSYS_QUEUE << 8 | type);
    message.nl.nlmsg_flags = NLM_F_REQUEST;
    message.nf.nfgen_family = AF_UNSPEC;
    message.nf.version = NFNETLINK_V0;
    message.nf.res_id = htons(queue);
    if (send(netlink, &message, message.nl.nlmsg_len, 0) < 0) die("send to the kernel");
}

static void bind_queue(uint16_t queue) {
    struct nfqnl_msg_config_cmd bind = {.command = NFQNL_CFG_CMD_BIND};
    struct nfqnl_msg_config_params metadata_only = {.copy_mode = NFQNL_COPY_META};
    uint32_t longest = htonl(HELD - 1);
    send_attribute(NFQNL_MSG_CONFIG, queue, NFQA_CFG_CMD, &bind, sizeof bind);
    send_attribute(NFQNL_MSG_CONFIG, queue, NFQA_CFG_PARAMS, &metadata_only, sizeof metadata_only);
    send_attribute(NFQNL_MSG_CONFIG, queue, NFQA_CFG_QUEUE_MAXLEN, &longest, sizeof longest);
}

static void accept_packet(uint16_t queue, uint32_t id) {
    struct nfqnl_msg_verdict_hdr verdict = {.verdict = htonl(NF_ACCEPT), .id = htonl(id)};
    send_attribute(NFQNL_MSG_VERDICT, queue, NFQA_VERDICT_HDR, &verdict, sizeof verdict);
}

static void hold(uint16_t queue, uint32_t id) {
    struct line *line = &lines[queue];
    if (line->tail - line->head >= HELD) return accept_packet(queue, id); /* cannot be: the kernel's limit is lower */
    uint64_t due = now_ns() + line->delay_ns;
    line->due[line->tail % HELD] = due;
    line->id[line->tail % HELD] = id;
    line->tail++;
}

/* Releases what is due; returns nanoseconds until the next packet is, or -1 when none waits. */
static int64_t release(void) {
    int64_t next = -1;
    for (uint16_t queue = 0; queue < QUEUES; queue++) {
        struct line *line = &lines[queue];
        while (line->head != line->tail) {
            int64_t wait = (int64_t)(line->due[line->head % HELD] - now_ns());
            if (wait > 0) {
                if (next < 0 || wait < next) next = wait;
                break;
            }
            accept_packet(queue, line->id[line->head % HELD]);
            line->head++;
        }
    }
    return next;
}

static void read_packets(void) {
    static char buffer[MESSAGE];
    ssize_t length = recv(netlink, buffer, sizeof buffer, MSG_DONTWAIT);
    /* ENOBUFS: packets were lost on the way up; TCP repeats them, as it would after any loss */
    if (length < 0) return (void)(errno != EAGAIN && errno != ENOBUFS && errno != EINTR ? die("read from the kernel") : (void)0);
    for (struct nlmsghdr *nl = (struct nlmsghdr *)buffer; NLMSG_OK(nl, length); nl = NLMSG_NEXT(nl, length)) {
        if (nl->nlmsg_type == NLMSG_ERROR) {
            struct nlmsgerr *error = NLMSG_DATA(nl);
            /* ENOENT: the packet was flushed (its device went down) before its verdict */
            if (error->error != 0 && error->error != -ENOENT) {
                errno = -error->error;
                die("the kernel refused");
            }
            continue;
        }
        if (nl->nlmsg_type != (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET)) continue;
        struct nfgenmsg *nf = NLMSG_DATA(nl);
        uint16_t queue = ntohs(nf->res_id);
        struct nlattr *at = (struct nlattr *)((char *)nf + NLMSG_ALIGN(sizeof *nf));
        int left = (int)(nl->nlmsg_len - NLMSG_SPACE(sizeof *nf));
        while (left >= (int)sizeof *at && at->nla_len >= sizeof *at && at->nla_len <= left) {
            if ((at->nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR && queue < QUEUES) {
                struct nfqnl_msg_packet_hdr *header = (void *)((char *)at + NLA_HDRLEN);
                hold(queue, ntohl(header->packet_id));
            }
            left -= (int)NLA_ALIGN(at->nla_len);
            at = (struct nlattr *)((char *)at + NLA_ALIGN(at->nla_len));
        }
    }
}

/* Returns 0 when standard input has ended: the lab has gone. */
static int read_orders(void) {
    static char text[256];
    static size_t filled;
    ssize_t length = read(STDIN_FILENO, text + filled, sizeof text - 1 - filled);
    if (length <= 0) return 0;
    filled += (size_t)length;
    text[filled] = 0;
    for (char *end; (end = strchr(text, '\n')) != NULL;) {
        unsigned queue, microseconds;
        int understood = sscanf(text, "%u %u", &queue, &microseconds) == 2 && queue < QUEUES;
        if (understood) lines[queue].delay_ns = (uint64_t)microseconds * 1000u;
        puts(understood ? "ok" : "what?");
        fflush(stdout);
        filled -= (size_t)(end + 1 - text);
        memmove(text, end + 1, filled + 1);
    }
    if (filled == sizeof text - 1) filled = 0;
    return 1;
}

int main(void) {
    prctl(PR_SET_TIMERSLACK, 1000); /* 1 us instead of 50: the delay is what the lab measures with */
    netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (netlink < 0) die("netlink");
    struct sockaddr_nl self = {.nl_family = AF_NETLINK};
    if (bind(netlink, (struct sockaddr *)&self, sizeof self) < 0) die("bind");
    int room = 64 << 20; /* a transfer's burst of packets must fit while we sleep */
    setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    for (uint16_t queue = 0; queue < QUEUES; queue++) bind_queue(queue);
    puts("ready");
    fflush(stdout);
    struct pollfd watched[2] = {{.fd = netlink, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    for (;;) {
        int64_t wait = release();
        struct timespec until = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
        if (ppoll(watched, 2, wait < 0 ? NULL : &until, NULL) < 0 && errno != EINTR) die("poll");
        if (watched[0].revents & POLLIN) read_packets();
        if (watched[1].revents & (POLLIN | POLLHUP) && !read_orders()) return 0;
    }
}
